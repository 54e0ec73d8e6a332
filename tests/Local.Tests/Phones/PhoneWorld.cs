using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Push;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Phones;

/// <summary>A phone book with a fake API, a fake push network and a clock that is stopped.</summary>
internal sealed class PhoneWorld : IAsyncDisposable
{
    public const string Link = "https://app.example.com/claim#contoso.ada.Q29kZS1vZi0xMjgtYml0cw";

    private readonly string folder = Directory.CreateTempSubdirectory("phones").FullName;
    private readonly HttpClient http = PhoneBook.CreateHttpClient();

    private PhoneWorld() => Api = new FakeApi(Time);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));

    public FakeApi Api { get; }

    public FakePushNetwork Push { get; private set; } = new();

    public PhoneBook Book { get; private set; } = null!;

    public static async Task<PhoneWorld> StartAsync()
    {
        var world = new PhoneWorld();
        await world.Api.StartAsync();
        world.Open();
        return world;
    }

    /// <summary>Stops the local system and starts it again.</summary>
    public void Restart()
    {
        Book.Dispose();
        Push = new FakePushNetwork();
        Open();
    }

    public VirtualPhone Phone(DevicePlatform platform) => Book.Add(new NewPhoneRequest { Name = "Ada's phone", Platform = platform }.ToFacts());

    public async Task<VirtualPhone> EnrolledAsync(DevicePlatform platform)
    {
        var phone = Phone(platform);
        await phone.EnrollAsync(Link, TestContext.Current.CancellationToken);
        Assert.NotNull(phone.State.Registration);
        return phone;
    }

    /// <summary>From now on the server answers as for a removed device.</summary>
    public void Remove(VirtualPhone phone)
    {
        var statement = Api.Statement(phone.State.Registration!);
        Api.Script = call => call.Name is "device/status" or "device/push-handle" ? FakeApi.Removed(statement) : null;
    }

    /// <summary>The push that the server sends to a removed device, as a phone gets it.</summary>
    public static PushMessage RevokePush(DevicePlatform platform, PhoneRegistration about, string statement)
    {
        var payload = JsonSerializer.SerializeToElement(RevokePayload(platform, about, statement));
        return platform == DevicePlatform.Android ? PushMessage.FromFcm(payload) : PushMessage.FromApns(payload);
    }

    /// <summary>The same as the push networks carry it: an FCM message without its target, or an APNs payload.</summary>
    public static JsonObject RevokePayload(DevicePlatform platform, PhoneRegistration about, string statement)
    {
        var data = new JsonObject
        {
            ["type"] = "device-revoked",
            ["tenant"] = about.TenantId,
            ["user"] = about.UserId,
            ["device"] = about.DeviceId,
            ["epoch"] = $"{about.Epoch}",
            ["statement"] = statement,
        };
        if (platform == DevicePlatform.Android)
        {
            return new JsonObject { ["data"] = data };
        }

        data["aps"] = JsonNode.Parse(
            """
            {"alert":{"title":"Device Revoked","body":"This device has been removed from your account."},
             "content-available":1,"mutable-content":1,"sound":"default"}
            """);
        return data;
    }

    public PushMessage RevokePush(VirtualPhone phone)
    {
        var registration = phone.State.Registration!;
        return RevokePush(phone.State.Facts.Platform, registration, Api.Statement(registration));
    }

    public Task DeliverAsync(VirtualPhone phone, PushMessage push) => Push.DeliverAsync(phone.State.PushAddress, push);

    public async ValueTask DisposeAsync()
    {
        Book.Dispose();
        http.Dispose();
        await Api.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Open() => Book = new PhoneBook(folder, http, Push, new PhoneOptions { PublicAddress = Api.Address }, Time);
}
