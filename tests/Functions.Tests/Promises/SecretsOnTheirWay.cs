using System.Text;
using System.Text.Json;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Marked secrets go through everything that the system does, well and badly; then they are looked for everywhere.</summary>
internal sealed class SecretsOnTheirWay
{
    private readonly OpenCloud cloud;
    private readonly TestCloud test;
    private readonly HashSet<string> secrets = new(StringComparer.Ordinal);
    private readonly List<string> told = [];

    public SecretsOnTheirWay(OpenCloud cloud)
    {
        this.cloud = cloud;
        test = cloud.Test;
        KnowKeys();
    }

    /// <summary>What must be nowhere.</summary>
    public IReadOnlyCollection<string> Known => secrets;

    /// <summary>What callers were answered.</summary>
    public IReadOnlyList<string> Told => told;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string DidProofOf(MobileCall call) => JsonElement.Parse(call.Body!).GetProperty("didProof").GetString()!;

    /// <summary>All that goes well: enrolling, restoring, push handles, removals, a second life.</summary>
    public async Task<TestUser> LiveAsync()
    {
        var user = await NewUserAsync(phones: 4);
        await LookAsync(user);
        await CallAsync(cloud.Call(user, HttpMethod.Get, "mobile/device/status"));
        foreach (var kind in new[] { "apns", "fcmToken", "fcmFid" })
        {
            var handle = Secret(kind == "apns" ? Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N") : $"handle-{Guid.NewGuid():N}");
            await CallAsync(HandleCall(user, $$"""{"kind":"{{kind}}","value":"{{handle}}","environment":"production"}"""));
        }

        await CallAsync(cloud.RestoreCall(user));
        await AskAsync(user, "removal");
        await cloud.RestAsync(user);
        await CallAsync(cloud.Call(user, HttpMethod.Post, "mobile/device/erasure"));
        await AskAsync(user, "unregistration");
        await cloud.RestAsync(user);
        await LookAsync(user);
        var code = Secret(await cloud.RenewClaimAsync(user));
        var redemption = cloud.RedemptionCall(user with { Phones = [] }, code);
        await CallAsync(redemption);
        await CallAsync(redemption);
        await cloud.RestAsync(user);
        await LookAsync(user);
        return user;
    }

    /// <summary>All that goes wrong: bad input, attacks, and everything behind us out of order.</summary>
    public async Task<TestUser> SufferAsync()
    {
        var user = await NewUserAsync(phones: 4);
        foreach (var body in BadHandles())
        {
            await CallAsync(HandleCall(user, body));
        }

        // Replayed, forged, and with what is secret in the wrong place.
        var status = cloud.Call(user, HttpMethod.Get, "mobile/device/status");
        var proof = Secret(status.Proof.Build());
        foreach (var proofs in new[] { [proof], [proof], new[] { proof, proof }, [proof[..^3]], [proof + "x"] })
        {
            told.Add((await status.SendAsync(cloud.Api, proofs)).Text);
        }

        told.Add((await cloud.Api.SendAsync(proof, HttpMethod.Get, "users")).Text);
        told.Add((await cloud.Api.SendAsync(proof, HttpMethod.Get, $"users/{user.UserId}/claim")).Text);

        var unclaimed = await NewUserAsync(phones: 0, invited: true);
        var code = Secret(await cloud.RenewClaimAsync(unclaimed));
        var redemption = cloud.RedemptionCall(unclaimed, code);
        await CallAsync(redemption with { Code = Secret($"{code[..^4]}AAAA") });
        await CallAsync(redemption with { Tenant = "fabrikam" });

        var paths = await PathsAsync(user);
        foreach (var fault in Outages())
        {
            using (test.Traffic.Add(fault))
            {
                await CallAsync(HandleCall(user, Handle()));
                await CallAsync(redemption with { Key = PhoneKey.Create(KeyKind.P256) });
                await CallAsync(cloud.RestoreCall(user));
                await CallAsync(status);
                await AskAsync(user, "active device");
                await LookAsync(paths);
            }
        }

        foreach (var fault in ProviderFaults(user))
        {
            test.Traffic.Add(fault);
        }

        await AskAsync(user, "unregistration");
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(30));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await LookAsync(user);
        test.Traffic.Clear();
        return user;
    }

    private static IEnumerable<FaultRule> Outages() =>
    [
        new FaultRule { StandIn = "cosmos", Operation = "batch", Status = 503 },
        new FaultRule { StandIn = "cosmos", Operation = "batch", Status = 400 },
        new FaultRule { StandIn = "cosmos", Operation = "query", Status = 400 },
        new FaultRule { StandIn = "cosmos", Operation = "batch", Drop = true },
        new FaultRule { StandIn = "servicebus", Operation = "send", Status = 500 },
    ];

    private static IEnumerable<FaultRule> ProviderFaults(TestUser user)
    {
        var handles = user.Phones.Select(phone => phone.State.PushAddress.Token).ToArray();
        yield return new FaultRule { Contains = handles[0], Status = 400, Body = Mirror(handles[0]) };
        yield return new FaultRule { Contains = handles[1], Status = 400, Body = Mirror(handles[1]) };
        yield return new FaultRule { Contains = handles[2], Operation = "send", Drop = true };
        yield return new FaultRule { Contains = handles[3], Status = 400, Reason = "TopicDisallowed" };
    }

    /// <summary>A provider that says the handle where its reason belongs.</summary>
    private static string Mirror(string handle) => JsonSerializer.Serialize(new
    {
        reason = handle,
        error = new { status = handle, message = $"{handle} is bad", details = new[] { new { errorCode = handle } } },
    });

    private IEnumerable<string> BadHandles()
    {
        yield return $$"""{"kind":"apns","value":"{{Secret($"no-hex-{Guid.NewGuid():N}")}}"}""";
        yield return $$"""{"kind":"fcmToken","value":"{{Secret($"with blanks {Guid.NewGuid():N}")}}"}""";
        yield return $$"""{"kind":"fcmToken","value":"{{Secret($"sandboxed-{Guid.NewGuid():N}")}}","environment":"sandbox"}""";
        yield return $$"""{"kind":"{{Secret($"a-kind-{Guid.NewGuid():N}")}}","value":"x"}""";
        yield return $$"""{"kind":"apns","value":["{{Secret($"in-a-list-{Guid.NewGuid():N}")}}"]}""";
        yield return $$"""{"kind":"apns","value":"{{Secret($"cut-off-{Guid.NewGuid():N}")}}""";
    }

    private static string Handle() => $$"""{"kind":"fcmToken","value":"{{Guid.NewGuid():N}}{{Guid.NewGuid():N}}"}""";

    private MobileCall HandleCall(TestUser user, string body) =>
        cloud.Call(user, HttpMethod.Put, "mobile/device/push-handle", Encoding.UTF8.GetBytes(body));

    private async Task<TestUser> NewUserAsync(int phones, bool invited = false)
    {
        var user = await test.NewUserAsync(phones, invited: invited);
        foreach (var phone in user.Phones)
        {
            Secret(phone.State.PushAddress.Token);
        }

        return user;
    }

    private async Task CallAsync(MobileCall call)
    {
        if (call.DidKey is not null)
        {
            call = call.Enrolling();
            Secret(DidProofOf(call));
        }

        told.Add((await call.SendAsync(cloud.Api, Secret(call.Proof.Build()))).Text);
    }

    private async Task AskAsync(TestUser user, string call)
    {
        var admin = EveryAdminCall.Of(call, user);
        told.Add((await cloud.Api.SendAsync(cloud.Admin, admin.Method, admin.Path, admin.Body, admin.Headers)).Text);
    }

    private async Task LookAsync(TestUser user) => await LookAsync(await PathsAsync(user));

    /// <summary>Looks at pages; the claim's link is meant to be seen.</summary>
    private async Task LookAsync(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            foreach (var token in new[] { cloud.Admin, cloud.Reader, cloud.Neighbour })
            {
                var answer = await cloud.Api.SendAsync(token, HttpMethod.Get, path);
                told.Add(System.Text.RegularExpressions.Regex.Replace(answer.Text, "\"link\":\"[^\"]*\"", ""));
            }
        }
    }

    /// <summary>Everything that an administrator can look at.</summary>
    private async Task<IReadOnlyList<string>> PathsAsync(TestUser user)
    {
        var operations = (await test.DocumentsAsync(user)).OfType("operation")
            .Select(operation => $"/operations/{operation.GetProperty("operationId").GetString()}");
        var plans = user.DeviceIds.Select(deviceId => $"/devices/{deviceId}/removal/plan");
        string[] pages = ["", "/accounts", "/audit?pageSize=200", "/claim", "/unregistration/plan"];
        return [.. pages.Concat(plans).Concat(operations).Select(path => $"users/{user.UserId}{path}"), "users?pageSize=200"];
    }

    /// <summary>The keys that the app was started with, and the tokens that it shows.</summary>
    private void KnowKeys()
    {
        var keys = test.Cloud.Keys;
        foreach (var pem in new[] { keys.StatementKey, keys.ApnsKey, keys.FcmKey })
        {
            Secret(pem.Split('\n')[1]);
        }

        Secret(keys.ClaimKey);
        Secret(keys.IdentityHeader);
        Secret(cloud.Admin);
        Secret(cloud.Reader);
        Secret(cloud.Neighbour);
        Secret("ya29.");
        Secret("-----BEGIN");
    }

    private string Secret(string secret)
    {
        secrets.Add(secret);
        return secret;
    }

    public void AssertAbsent(string where, IEnumerable<string> texts)
    {
        var all = string.Join('\n', texts);
        foreach (var secret in secrets)
        {
            Assert.False(all.Contains(secret, StringComparison.OrdinalIgnoreCase), $"A secret ({secret}) is in {where}.");
        }
    }
}
