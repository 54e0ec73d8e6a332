using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Users;
using CsCheck;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Devices;

/// <summary>The list of devices against a model of it.</summary>
public sealed class ListDevicesTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly Gen<Phone> Phones = Gen.Select(
        ModelPhone.Generated,
        Any.Of(DevicePlatform.Ios, DevicePlatform.Android),
        Any.Of("16", "17.1", "17.10", "18"),
        Any.Of("3.1.0", "3.1.12", "4.0"),
        Any.Of("Work phone", "Ada's WORK", "Private"),
        Gen.Int[0, 2],
        (phone, platform, system, app, name, owner) => new Phone(phone, platform, system, app, name, owner));

    private static readonly Gen<Asked> Questions = Gen.Select(
        Any.Of<string?>(null, null, "ios", "android"),
        Any.Of<string?>(null, null, "17", "17.1", "18"),
        Any.Of<string?>(null, null, "3.1", "4"),
        Any.Of<string?>(null, null, "receiving", "notReceiving", "notificationsOff", "unknown", "none"),
        Any.Of<int?>(null, null, 10, 30, 90),
        Any.Of<string?>(null, null, "work", "pixel", "%25"),
        Any.Of("", "lastActive", "registered", "platform"),
        Gen.Select(Gen.Bool, Gen.Int[1, 4]),
        (platform, system, app, push, unused, search, sort, page) => new Asked(platform, system, app, push, unused, search, sort, page.Item1, page.Item2));

    [Fact]
    public Task Every_filter_and_order_finds_page_by_page_what_the_model_finds() =>
        Gen.Select(Phones.Array[0, 9], Questions.Array[6]).SampleAsync(
            async (phones, questions) =>
            {
                var tenant = new StoredTenant(cloud);
                var all = phones.Select((phone, index) => phone with { Index = index }).ToArray();
                foreach (var owner in all.GroupBy(phone => phone.UserId))
                {
                    var revoked = tenant.Device(owner.Key, $"{owner.Key}-revoked") with { State = DeviceState.Revoked };
                    var user = tenant.User(owner.Key, "Young") with { ActiveDeviceId = owner.First().DeviceId };
                    await tenant.StoreAsync(owner.Key, [user, revoked, .. owner.Select(phone => phone.Document(tenant))]);
                }

                foreach (var asked in questions)
                {
                    var found = await tenant.DevicesAsync(asked.Query, asked.PageSize);
                    var expected = asked.Of(all).ToArray();
                    Assert.Equal(expected.Select(phone => phone.DeviceId).Order(StringComparer.Ordinal), found.Select(device => device.DeviceId).Order(StringComparer.Ordinal));
                    Assert.Equal(expected.Select(asked.Key), found.Select(device => asked.Key(all.Single(phone => phone.DeviceId == device.DeviceId))));
                    Assert.All(found, device =>
                    {
                        var phone = all.Single(phone => phone.DeviceId == device.DeviceId);
                        Assert.Equal(phone.Model.Push, char.ToLowerInvariant($"{device.Push}"[0]) + $"{device.Push}"[1..]);
                        Assert.Equal(("Test", "Young", phone.UserId), (device.GivenName, device.FamilyName, device.UserId));
                        Assert.Equal(phone == all.First(other => other.UserId == phone.UserId), device.IsActive);
                    });
                }
            },
            iter: 8,
            threads: 1);

    [Fact]
    public async Task I9_I10_Another_tenant_finds_nothing_and_nobody_a_push_handle()
    {
        var (ours, theirs) = (new StoredTenant(cloud), new StoredTenant(cloud));
        await ours.StoreAsync("maria", ours.User("maria"), ours.Device("maria", "phone") with { PushHandle = ours.Handle(1), PushStatus = PushStatus.Receiving });

        var answer = await ours.AskAsync("devices?push=receiving");

        Assert.Contains("\"phone\"", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-push-handle", answer.Text + (await ours.AskAsync("devices.csv")).Text, StringComparison.Ordinal);
        Assert.Empty(await theirs.DevicesAsync(""));
        Assert.Equal(2, (await theirs.AskAsync("devices.csv")).Text.Split("\r\n").Length);
    }

    [Fact]
    public async Task A_device_whose_user_cannot_be_read_is_shown_and_one_that_cannot_be_read_is_told()
    {
        var tenant = new StoredTenant(cloud);
        await tenant.StoreAsync("maria", tenant.Device("maria", "phone"), tenant.Device("maria", "damaged", unusedDays: 1));
        await cloud.Test.PatchAsync(new TestUser(tenant.Tenant, "maria", [], []), "device:damaged", PatchOperation.Set("/registeredAt", "never"));

        var list = await tenant.AskAsync<DeviceList>("devices");

        Assert.Equal(("phone", 1), (Assert.Single(list.Devices).DeviceId, list.Unreadable));
        Assert.Null(list.Devices[0].FamilyName);
    }

    [Theory]
    [InlineData("platform=windows", "platform")]
    [InlineData("push=sometimes", "push")]
    [InlineData("unusedDays=3651", "unusedDays")]
    [InlineData("sort=name", "sort")]
    [InlineData("direction=up", "direction")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("continuation=w6k", "continuation")]
    public async Task What_cannot_be_asked_for_is_named(string query, string field) => Assert.Contains(
        field,
        (await new StoredTenant(cloud).AskAsync($"devices?{query}")).Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").GetRawText(),
        StringComparison.Ordinal);

    private sealed record Phone(ModelPhone Model, DevicePlatform Platform, string System, string App, string Name, int Owner)
    {
        public int Index { get; init; }

        public string UserId => $"user-{Owner}";

        public string DeviceId => $"phone-{Index}";

        public double Unused => Model.Days(UserId, Index);

        public DeviceDocument Document(StoredTenant tenant) => Model.Document(tenant, UserId, Index) with
        {
            Id = DeviceDocument.IdOf(DeviceId),
            DeviceId = DeviceId,
            Platform = Platform,
            OsVersion = System,
            AppVersion = App,
            Name = Name,
            RegisteredAt = tenant.Now.AddDays(-100 - Index),
        };
    }

    private sealed record Asked(
        string? Platform, string? System, string? App, string? Push, int? Unused, string? Search, string Sort, bool Descending, int PageSize)
    {
        public string Query => string.Join('&', new[]
        {
            ("platform", Platform), ("osVersion", System), ("appVersion", App), ("push", Push), ("unusedDays", Unused?.ToString(CultureInfo.InvariantCulture)), ("search", Search),
            ("sort", Sort), ("direction", Descending ? "desc" : null),
        }.Where(part => !string.IsNullOrEmpty(part.Item2)).Select(part => $"{part.Item1}={part.Item2}"));

        public IEnumerable<Phone> Of(IEnumerable<Phone> phones)
        {
            var found = phones
                .Where(phone => Platform is null || $"{phone.Platform}".Equals(Platform, StringComparison.OrdinalIgnoreCase))
                .Where(phone => System is null || phone.System.StartsWith(System, StringComparison.Ordinal))
                .Where(phone => App is null || phone.App.StartsWith(App, StringComparison.Ordinal))
                .Where(phone => Push is null || phone.Model.Push == Push)
                .Where(phone => Unused is null || phone.Unused > Unused)
                .Where(phone => Search is null or "pixel" || (Search == "work" && phone.Name.Contains("work", StringComparison.OrdinalIgnoreCase)))
                .OrderBy(Key);
            return Descending ? found.Reverse() : found;
        }

        /// <summary>Grows with the order: platforms by name, times from the earliest.</summary>
        public double Key(Phone phone) => Sort switch
        {
            "platform" => phone.Platform == DevicePlatform.Android ? 0 : 1,
            "registered" => -phone.Index,
            _ => -phone.Unused,
        };
    }
}
