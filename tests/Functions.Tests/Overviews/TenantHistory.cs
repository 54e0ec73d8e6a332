using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using CsCheck;

namespace BlokSec.Functions.Tests.Overviews;

/// <summary>A tenant of its own with whatever happened in it, as the app would have stored it.</summary>
internal sealed class TenantHistory(OpenCloud cloud)
{
    public string Tenant { get; } = $"tenant-{Guid.NewGuid():N}";

    public string Reader => Token("Users.Read");

    public DateTimeOffset Now { get; } = cloud.Test.Time.GetUtcNow();

    public string Token(params string[] roles) => cloud.Issuer.Token(new TokenClaims { Subject = "ada", Tenant = Tenant, Roles = roles });

    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    public async Task StoreAsync(params IEnumerable<IdentityDocument> documents)
    {
        foreach (var partition in documents.GroupBy(document => document.UserId))
        {
            await cloud.Test.CreateAsync(new TestUser(Tenant, partition.Key, [], []), partition.Cast<object>());
        }
    }

    public UserDocument User(string userId, string given = "Maria", string family = "Lopez") => new()
    {
        Id = UserDocument.DocumentId,
        TenantId = Tenant,
        UserId = userId,
        GivenName = given,
        FamilyName = family,
        Email = $"{userId}@example.com",
        SearchText = $"{given} {family}",
        SortName = $"{family} {given}",
        CreatedAt = Now,
        Epoch = 1,
    };

    public OperationDocument Operation(string userId, OperationStatus status = OperationStatus.Running, TimeSpan ago = default, string? id = null)
    {
        var operationId = id ?? Guid.NewGuid().ToString("N");
        return new OperationDocument
        {
            Id = OperationDocument.IdOf(operationId),
            TenantId = Tenant,
            UserId = userId,
            OperationId = operationId,
            Kind = OperationKind.RemoveDevice,
            Status = status,
            RequestedBy = "Alice Adams",
            RequestedAt = Now - ago,
            UpdatedAt = Now - ago,
            Fingerprint = "f",
            Epoch = 1,
            Steps = [new OperationStep(OperationStepName.DeleteDevices, status, 0, 1, Now - ago) { Detail = status == OperationStatus.Failed ? "A document cannot be read." : null }],
            DeviceIds = ["device-1"],
        };
    }

    public RevocationDocument Revocation(string userId, TimeSpan ago = default, string operationId = "operation-1")
    {
        var deviceId = Guid.NewGuid().ToString("N");
        return new RevocationDocument
        {
            Id = RevocationDocument.IdOf(deviceId),
            TenantId = Tenant,
            UserId = userId,
            DeviceId = deviceId,
            Name = "Work phone",
            Model = "iPhone 17",
            Platform = DevicePlatform.Ios,
            Epoch = 1,
            OperationId = operationId,
            PublicKey = "secret-key",
            PushId = "push-1",
            Statement = "secret-statement",
            BlockedAt = Now - ago,
            Push = RevokePushState.Accepted,
            RetryUntil = Now,
        };
    }

    public ClaimDocument Claim(string userId, ClaimState state = ClaimState.Open, double hours = 20) => new()
    {
        Id = ClaimDocument.DocumentId,
        TenantId = Tenant,
        UserId = userId,
        ClaimId = "claim-1",
        KeyId = "k",
        Epoch = 1,
        CreatedAt = Now,
        ExpiresAt = Now.AddHours(hours),
        State = state,
    };

    public AuditDocument Alert(string userId, string action, TimeSpan ago = default) =>
        new UserKey(Tenant, userId).Entry(Now - ago, AuditActor.System("test"), action, "device-1") with { Alert = true };

    public AuthenticationRequestDocument SignIn(string userId, TimeSpan ago = default)
    {
        var (id, issuedAt) = (Guid.NewGuid().ToString("N"), Now - ago);
        return new AuthenticationRequestDocument
        {
            Id = AuthenticationRequestDocument.IdOf(id),
            TenantId = Tenant,
            UserId = userId,
            RequestId = id,
            ApplicationId = "payroll",
            ApplicationName = "Payroll",
            Method = "Push",
            Status = AuthenticationRequestStatus.Accepted,
            IssuedAt = issuedAt,
            ExpiresAt = issuedAt.AddMinutes(2),
        };
    }

    public Task<RawAnswer> AskAsync(string path) => cloud.Api.SendAsync(Reader, HttpMethod.Get, path);

    public async Task<T> ReadAsync<T>(string path)
    {
        var answer = await AskAsync(path);
        Assert.True(answer.Status == 200, $"{answer.Status} for {path}: {answer.Text}");
        return JsonSerializer.Deserialize<T>(answer.Text, AdminClient.Json)!;
    }

    /// <summary>All pages of a list.</summary>
    public async Task<List<TItem>> ReadAllAsync<TPage, TItem>(
        string path, string query, int pageSize, Func<TPage, (IReadOnlyList<TItem> Items, string? Continuation)> parts)
    {
        var (read, continuation) = (new List<TItem>(), default(string));
        do
        {
            var (items, next) = parts(await ReadAsync<TPage>($"{path}?{query}&pageSize={pageSize}&continuation={continuation}"));
            Assert.InRange(items.Count, 0, pageSize);
            read.AddRange(items);
            continuation = next;
        }
        while (continuation is not null);
        return read;
    }

    /// <summary>What a call costs.</summary>
    public Task<Cost> CostAsync(string path) => Cost.OfAsync(cloud.Test, async () => Assert.Equal(200, (await AskAsync(path)).Status));
}
