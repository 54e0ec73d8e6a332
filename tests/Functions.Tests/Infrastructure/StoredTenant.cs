using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>A tenant of its own, whose documents are written as they are, and an administrator who may look.</summary>
internal sealed class StoredTenant(OpenCloud cloud)
{
    public string Tenant { get; } = $"tenant-{Guid.NewGuid():N}";

    public DateTimeOffset Now { get; } = cloud.Test.Time.GetUtcNow();

    public string Reader => cloud.Issuer.Token(new TokenClaims { Subject = "rob", Tenant = Tenant, Roles = ["Users.Read", "Audit.Read"] });

    public UserDocument User(string userId, string family = "Person") => new()
    {
        Id = UserDocument.DocumentId,
        TenantId = Tenant,
        UserId = userId,
        GivenName = "Test",
        FamilyName = family,
        Email = $"{userId}@contoso.example",
        SearchText = SearchText.Of("Test", family, $"{userId}@contoso.example", null),
        SortName = $"{family} test {userId}".ToLowerInvariant(),
        CreatedAt = Now.AddDays(-200),
        Epoch = 1,
    };

    public DeviceDocument Device(string userId, string deviceId, double unusedDays = 0) => new()
    {
        Id = DeviceDocument.IdOf(deviceId),
        TenantId = Tenant,
        UserId = userId,
        DeviceId = deviceId,
        Name = "Work phone",
        Model = "Pixel 10",
        Platform = DevicePlatform.Android,
        OsVersion = "16",
        AppVersion = "3.1.0",
        PublicKey = "{}",
        LastActiveAt = Now.AddDays(-unusedDays),
        RegisteredAt = Now.AddDays(-150),
        Epoch = 1,
    };

    public PushHandle Handle(double days) => new(PushHandleKind.FcmToken, "secret-push-handle", PushEnvironment.Production, Now.AddDays(-days));

    /// <summary>Stores documents of one user.</summary>
    public Task StoreAsync(string userId, params IEnumerable<IdentityDocument> documents) =>
        cloud.Test.CreateAsync(new TestUser(Tenant, userId, [], []), documents.Cast<object>());

    public Task<RawAnswer> AskAsync(string path) => cloud.Api.SendAsync(Reader, HttpMethod.Get, path);

    public async Task<T> AskAsync<T>(string path)
    {
        var answer = await AskAsync(path);
        Assert.True(answer.Status == 200, $"{answer.Status} for {path}: {answer.Text}");
        return JsonSerializer.Deserialize<T>(answer.Text, AdminClient.Json)!;
    }

    /// <summary>A list, page by page.</summary>
    public async Task<List<TItem>> ReadAsync<TPage, TItem>(string path, int pageSize, Func<TPage, (IReadOnlyList<TItem> Items, string? Continuation)> parts)
    {
        var read = new List<TItem>();
        for (string? continuation = "", next = null; continuation is not null; continuation = next)
        {
            (var items, next) = parts(await AskAsync<TPage>($"{path}&pageSize={pageSize}&continuation={continuation}"));
            Assert.True(items.Count <= pageSize);
            read.AddRange(items);
        }

        return read;
    }

    public Task<List<UserSummary>> UsersAsync(string query, int pageSize = 200) =>
        ReadAsync<UserList, UserSummary>($"users?{query}", pageSize, page => (page.Users, page.Continuation));

    public Task<List<DeviceSummary>> DevicesAsync(string query, int pageSize = 200) =>
        ReadAsync<DeviceList, DeviceSummary>($"devices?{query}", pageSize, page => (page.Devices, page.Continuation));
}
