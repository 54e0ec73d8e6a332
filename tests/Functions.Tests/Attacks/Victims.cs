using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Honest calls to every mobile endpoint, each by a user of its own whose partition is at rest.</summary>
internal static class Victims
{
    public const string Status = "status";
    public const string PushHandle = "push handle";
    public const string Erasure = "erasure";
    public const string Restore = "restore";
    public const string Redemption = "redemption";

    public const string TakeBack = "take back";
    public const string OwnDevices = "own devices";
    public const string Waiting = "waiting requests";
    public const string Request = "request";
    public const string Answer = "answer";
    public const string Departure = "departure";
    public const string Loss = "loss";

    /// <summary>Calls whose proof is refused when it comes again.</summary>
    public static readonly string[] Endpoints = [Status, PushHandle, Erasure, Restore, Redemption, TakeBack, OwnDevices, Waiting, Request, Answer];

    /// <summary>Removals, whose proof starts nothing when it comes again and is answered as before.</summary>
    public static readonly string[] Removals = [Departure, Loss];

    public static async Task<MobileCall> NewCallAsync(this OpenCloud cloud, string endpoint)
    {
        switch (endpoint)
        {
            case Status:
                return cloud.Call(await cloud.Test.NewUserAsync(), HttpMethod.Get, "mobile/device/status");
            case PushHandle:
                return cloud.PushHandleCall(await cloud.Test.NewUserAsync());
            case TakeBack:
                return cloud.Call(await cloud.Test.NewUserAsync(), HttpMethod.Delete, "mobile/device/push-handle");
            case OwnDevices:
                return cloud.Call(await cloud.Test.NewUserAsync(), HttpMethod.Get, "mobile/devices");
            case Waiting:
                return cloud.Call(await cloud.Test.NewUserAsync(), HttpMethod.Get, "mobile/authentication-requests");
            case Request:
                return await cloud.RequestCallAsync(HttpMethod.Get, "");
            case Answer:
                return await cloud.RequestCallAsync(HttpMethod.Post, "/answer", "{\"decision\":\"cancel\"}"u8.ToArray());
            case Departure:
                return cloud.Call(await cloud.Test.NewUserAsync(phones: 2), HttpMethod.Post, "mobile/device/departure");
            case Loss:
                return cloud.LossCall(await cloud.Test.NewUserAsync(phones: 2));
            case Erasure:
                var removed = await cloud.NewRemovedAsync();
                return cloud.Call(removed, HttpMethod.Post, "mobile/device/erasure");
            case Restore:
                return cloud.RestoreCall(await cloud.Test.NewUserAsync());
            default:
                var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
                return cloud.RedemptionCall(user, await cloud.RenewClaimAsync(user));
        }
    }

    /// <summary>A call signed by the user's first phone.</summary>
    public static MobileCall Call(this OpenCloud cloud, TestUser user, HttpMethod method, string path, byte[]? body = null) =>
        cloud.Test.Call(user, method, path, body);

    /// <inheritdoc cref="Call(OpenCloud, TestUser, HttpMethod, string, byte[])"/>
    public static MobileCall Call(this TestCloud test, TestUser user, HttpMethod method, string path, byte[]? body = null) => new(method, path)
    {
        Api = test.Cloud.ApiAddress,
        Time = test.Time,
        Tenant = user.TenantId,
        User = user.UserId,
        Key = user.Phones.Count == 0 ? PhoneKey.Create(KeyKind.P256) : user.Phones[0].State.Registration!.DeviceKey,
        Body = body,
    };

    public static MobileCall PushHandleCall(this OpenCloud cloud, TestUser user) => cloud.Test.PushHandleCall(user);

    public static MobileCall PushHandleCall(this TestCloud test, TestUser user) => test.Call(
        user,
        HttpMethod.Put,
        "mobile/device/push-handle",
        System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"apns","value":"{{new string('a', 64)}}","environment":"production"}"""));

    /// <summary>A call about a request that waits for the user, which the phone has seen.</summary>
    private static async Task<MobileCall> RequestCallAsync(this OpenCloud cloud, HttpMethod method, string below, byte[]? body = null)
    {
        var user = await cloud.Test.NewUserAsync();
        var asked = await cloud.Api.SendAsync(
            cloud.PayrollToken(user.TenantId), HttpMethod.Post, "authentication-requests", $$"""{"login_hint":"{{user.UserId}}","requested_expiry":300}""");
        Assert.Equal(202, asked.Status);
        var shown = await SignInTest.ShownAsync(user.Phones[0]);
        await cloud.Test.QuietAsync();
        return cloud.Call(user, method, $"mobile/authentication-requests/{shown.RequestId}{below}", body);
    }

    /// <summary>The first phone reports the second one.</summary>
    private static MobileCall LossCall(this OpenCloud cloud, TestUser user)
    {
        var call = cloud.Call(user, HttpMethod.Post, $"mobile/devices/{user.DeviceIds[1]}/loss") with { DidKey = user.DidKey() };
        return call with { Body = LossBody(call) };
    }

    public static byte[] LossBody(MobileCall call) => JsonSerializer.SerializeToUtf8Bytes(
        new DeviceLossReport { Did = call.DidKey!.Did, DidProof = call.DidProof.Build() }, AdminClient.Json);

    /// <summary>A new phone with the DID of the first one.</summary>
    public static MobileCall RestoreCall(this OpenCloud cloud, TestUser user) =>
        (cloud.Call(user, HttpMethod.Post, "mobile/devices") with
        {
            Key = PhoneKey.Create(KeyKind.Ed25519),
            DidKey = user.Phones[0].State.Registration!.DidKey,
        }).Enrolling();

    /// <summary>A new phone with a new DID.</summary>
    public static MobileCall RedemptionCall(this OpenCloud cloud, TestUser user, string code) =>
        (cloud.Call(user, HttpMethod.Post, "mobile/claims/redemption") with
        {
            Key = PhoneKey.Create(KeyKind.P256),
            DidKey = PhoneKey.Create(KeyKind.Ed25519),
            Code = code,
        }).Enrolling();

    /// <summary>A new claim's code.</summary>
    public static async Task<string> RenewClaimAsync(this OpenCloud cloud, TestUser user)
    {
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/claim/renewal");
        Assert.Equal(200, answer.Status);
        Assert.True(ClaimLink.TryParse(answer.Json.GetProperty("link").GetString(), out var link));
        return link.Code;
    }

    /// <summary>A user of two phones whose first one was removed while it was offline, and whose removal has ended.</summary>
    public static async Task<TestUser> NewRemovedAsync(this OpenCloud cloud)
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, TestContext.Current.CancellationToken);
        var answer = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal", """{"confirmation":"remove device"}""");
        Assert.Equal(202, answer.Status);
        await cloud.RestAsync(user);
        return user;
    }

    /// <summary>A user whose phones were all unregistered while they were offline.</summary>
    public static async Task UnregisterAsync(this OpenCloud cloud, TestUser user)
    {
        foreach (var phone in user.Phones)
        {
            await phone.SetOfflineAsync(true, TestContext.Current.CancellationToken);
        }

        var answer = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/unregistration", """{"confirmation":"unregister all devices"}""");
        Assert.Equal(202, answer.Status);
        await cloud.RestAsync(user);
    }

    /// <summary>Waits until every operation ended, every push is settled and no message is in hand.</summary>
    public static async Task RestAsync(this OpenCloud cloud, TestUser user)
    {
        await cloud.Test.UntilAsync(
            async () =>
            {
                var documents = await cloud.Test.DocumentsAsync(user);
                return documents.OfType("operation").All(operation => operation.GetProperty("status").GetString() == "succeeded")
                    && documents.OfType("revocation").All(revocation => !revocation.TryGetProperty("pushHandle", out _))
                    ? ""
                    : null;
            },
            "the user is at rest");
        await cloud.Test.QuietAsync();
    }
}
