using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Revocations;

/// <summary>A whole system, with two instances of the app, whose tenant lets removals wait.</summary>
public sealed class HoldCloud : IAsyncLifetime
{
    public static readonly TimeSpan Hold = TimeSpan.FromMinutes(10);

    private Uri other = null!;

    internal TestCloud Test { get; private set; } = null!;

    /// <summary>Where an instance listens: 0 or 1.</summary>
    internal Uri this[int instance] => instance == 0 ? Test.Cloud.ApiAddress : other;

    public async ValueTask InitializeAsync()
    {
        Test = await TestCloud.StartAsync();
        other = await Test.StartAnotherAsync();
        await Test.Admin().HoldAsync((int)Hold.TotalMinutes);
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}

/// <summary>What tests of removals on hold share.</summary>
internal static class HeldRemovalCalls
{
    /// <summary>Sets how long removals wait.</summary>
    public static async Task HoldAsync(this AdminClient admin, int minutes)
    {
        using var seen = await admin.Http.GetAsync(new Uri("policies", UriKind.Relative), TestContext.Current.CancellationToken);
        var chosen = new TenantPolicies
        {
            IdentityCheck = new IdentityCheckPolicy { Required = false, Ways = [] },
            Claims = new ClaimPolicy { ScreenMinutes = 10, SentHours = 24 },
            HoldMinutes = minutes,
            SecondPerson = new SecondPersonPolicy { ForMany = false, ForAdministrators = false, WithinMinutes = 60 },
        };
        var answer = await admin.SendAsync(HttpMethod.Put, "policies", chosen, ("If-Match", seen.Headers.ETag?.Tag));
        Assert.Equal((200, minutes), (answer.Status, answer.Read<PolicyDetails>().Policies.HoldMinutes));
    }

    public static Task<AdminAnswer> WithdrawAsync(this AdminClient admin, string userId, string operationId, string? reason = null) =>
        admin.SendAsync(HttpMethod.Post, $"users/{userId}/operations/{operationId}/withdrawal", new WithdrawRemovalRequest { Reason = reason });

    public static Task<AdminAnswer> RemoveWithoutHoldAsync(this AdminClient admin, string userId, string deviceId, DateTimeOffset? lostSince = null) =>
        admin.SendAsync(
            HttpMethod.Post,
            $"users/{userId}/devices/{deviceId}/removal",
            new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, Immediately = lostSince is null, LostSince = lostSince });

    public static async Task<DeviceDocument> DeviceAsync(this TestCloud test, TestUser user, int phone) =>
        (await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType)).Single(device => device.DeviceId == user.DeviceIds[phone]);

    public static async Task<OperationDocument> OperationDocumentAsync(this TestCloud test, TestUser user, string operationId) =>
        (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Single(operation => operation.OperationId == operationId);

    /// <summary>A removal of one of the user's phones that waits.</summary>
    public static async Task<OperationDetails> HeldAsync(this TestCloud test, TestUser user, int phone = 0)
    {
        var held = await test.Admin(user.AdministratorName).RemoveAsync(user.UserId, user.DeviceIds[phone], "a mistake", TestContext.Current.CancellationToken);
        Assert.Equal(OperationStatus.NotStarted, held.Status);
        Assert.NotNull(held.HeldUntil);
        return held;
    }
}
