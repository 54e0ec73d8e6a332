using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones;

namespace BlokSec.Functions.Tests.Claims;

/// <summary>A system whose clock moves only when a test moves it.</summary>
public sealed class ClaimCloud : IAsyncLifetime
{
    internal OpenCloud Open { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Open.InitializeAsync();
        Open.Test.Time.Stop();
    }

    public ValueTask DisposeAsync() => Open.DisposeAsync();
}

/// <summary>Each test has a tenant of its own, with policies of its own.</summary>
public abstract class ClaimTest(ClaimCloud cloud) : IClassFixture<ClaimCloud>
{
    private protected const string Badge = "Badge in person";

    private protected const string Call = "Called back at the known number";

    private protected string Tenant { get; } = $"t{Guid.NewGuid():N}"[..20];

    private protected OpenCloud Cloud => cloud.Open;

    private protected DateTimeOffset Now => Cloud.Test.Time.GetUtcNow();

    private protected string Alice => Token("alice");

    private protected string Token(string subject, params string[] roles) => Cloud.Issuer.Token(
        roles.Length == 0 ? new TokenClaims { Tenant = Tenant, Subject = subject } : new TokenClaims { Tenant = Tenant, Subject = subject, Roles = roles });

    private protected void Pass(TimeSpan by) => Cloud.Test.Time.Advance(by);

    private protected Task ChooseAsync(bool isRequired, int screenMinutes = 10, int sentHours = 24) => ChooseAsync([Badge, Call], isRequired, screenMinutes, sentHours);

    private protected async Task ChooseAsync(string[] ways, bool isRequired, int screenMinutes = 10, int sentHours = 24)
    {
        var before = await Cloud.Api.SendAsync(Alice, HttpMethod.Get, "policies");
        var policies = new TenantPolicies
        {
            IdentityCheck = new IdentityCheckPolicy { Required = isRequired, Ways = ways },
            Claims = new ClaimPolicy { ScreenMinutes = screenMinutes, SentHours = sentHours },
            HoldMinutes = 0,
            SecondPerson = new SecondPersonPolicy { ForMany = false, ForAdministrators = false, WithinMinutes = 60 },
        };
        var chosen = await Cloud.Api.SendAsync(
            Alice, HttpMethod.Put, "policies", JsonSerializer.Serialize(policies, AdminClient.Json), ("If-Match", before.Headers.ETag!.Tag));
        Assert.Equal(200, chosen.Status);
    }

    /// <summary>A user who waits for a claim, and the claim.</summary>
    private protected async Task<(TestUser User, ClaimDetails Claim)> NewClaimAsync()
    {
        var user = await Cloud.Test.NewUserAsync(phones: 0, tenantId: Tenant, invited: true);
        return (user, await RenewAsync(user));
    }

    private protected async Task<ClaimDetails> RenewAsync(TestUser user) => Read(await PostAsync(user, "renewal", Alice));

    private protected async Task<ClaimDetails> ClaimAsync(TestUser user, string? token = null) =>
        Read(await Cloud.Api.SendAsync(token ?? Alice, HttpMethod.Get, $"users/{user.UserId}/claim"));

    private protected Task<RawAnswer> CheckAsync(TestUser user, string claimId, string way, string? note = null, string? token = null) =>
        PostAsync(user, "identity-check", token ?? Alice, new IdentityCheckRequest { ClaimId = claimId, Way = way, Note = note });

    private protected Task<RawAnswer> ProlongAsync(TestUser user, string claimId, string? token = null) =>
        PostAsync(user, "prolongation", token ?? Alice, new ClaimChannelRequest { ClaimId = claimId });

    private protected Task<RawAnswer> SendAsync(TestUser user, string claimId, string? token = null) =>
        PostAsync(user, "sending", token ?? Alice, new ClaimChannelRequest { ClaimId = claimId });

    private protected Task<RawAnswer> QrAsync(TestUser user, string? token = null) =>
        Cloud.Api.SendAsync(token ?? Alice, HttpMethod.Get, $"users/{user.UserId}/claim/qr");

    private protected async Task<RawAnswer> RedeemAsync(TestUser user, string? link)
    {
        Assert.True(ClaimLink.TryParse(link, out var claim));
        return await Cloud.RedemptionCall(user, claim.Code).SendAsync(Cloud.Api);
    }

    /// <summary>What the auditor reads of a claim: action, who, and what was noted.</summary>
    private protected async Task<IReadOnlyList<JsonElement>> EntriesAsync(TestUser user, string action) =>
        [.. (await Cloud.Test.DocumentsAsync(user, $"c.type = 'audit' AND c.action = '{action}'")).Values];

    private protected static ClaimDetails Read(RawAnswer answer)
    {
        Assert.True(answer.Status == 200, answer.Text);
        return JsonSerializer.Deserialize<ClaimDetails>(answer.Text, AdminClient.Json)!;
    }

    private Task<RawAnswer> PostAsync(TestUser user, string what, string token, object? body = null) => Cloud.Api.SendAsync(
        token, HttpMethod.Post, $"users/{user.UserId}/claim/{what}", body is null ? null : JsonSerializer.Serialize(body, body.GetType(), AdminClient.Json));
}
