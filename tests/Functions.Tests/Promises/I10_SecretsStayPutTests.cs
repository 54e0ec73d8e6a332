using System.Text;
using System.Text.Json;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Marked secrets go through everything that the system does, well and badly; then they are looked for everywhere.</summary>
public sealed class SecretsStayPutTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private readonly TestCloud test = cloud.Test;
    private readonly HashSet<string> secrets = new(StringComparer.Ordinal);
    private readonly List<string> told = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I10_No_secret_is_in_a_log_a_span_a_metric_a_message_a_problem_or_an_answer_to_an_administrator()
    {
        using var bus = new Eavesdropper(test);
        KnowKeys();

        var user = await LiveAsync();
        var sufferer = await SufferAsync();
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);

        Assert.True(secrets.Count > 60, $"{secrets.Count} secrets went through the system.");
        Assert.True(bus.Messages.Count > 20, $"{bus.Messages.Count} messages were read.");
        Assert.True(told.Count > 40, $"{told.Count} answers were read.");
        AssertNone("a message", bus.Messages);
        AssertNone("an answer", told);
        AssertNone("a log", test.Logs.Lines);
        AssertNone("the output of the host", test.Output);
        OtlpReceiver.Flush(test.Services);
        foreach (var kind in new[] { "traces", "metrics", "logs" })
        {
            AssertNone($"the exported {kind}", cloud.Telemetry.Texts(kind));
        }

        Assert.Contains(cloud.Telemetry.Texts("traces"), text => text.Contains(user.UserId, StringComparison.Ordinal));
        Assert.Contains(cloud.Telemetry.Texts("metrics"), text => text.Contains("bloksec.revocation.duration", StringComparison.Ordinal));
        Assert.Contains(cloud.Telemetry.Texts("logs"), text => text.Contains(sufferer.UserId, StringComparison.Ordinal));
        AssertNone("an address", test.Traffic.Seen.Where(seen => seen.StandIn != "apns").Select(seen => seen.Path));
        Assert.Contains(test.Logs.Lines, line => line.Contains(sufferer.UserId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task I10_A_removed_phones_push_handle_is_erased_when_its_push_is_settled_and_proofs_and_codes_are_never_stored()
    {
        var user = await test.NewUserAsync(phones: 2);
        var handles = user.Phones.Select(phone => phone.State.PushAddress.Token).ToArray();
        var before = await StoredAsync(user);
        Assert.All(handles, handle => Assert.Contains(handle, before, StringComparison.Ordinal));

        await cloud.UnregisterAsync(user);
        var code = await cloud.RenewClaimAsync(user);
        var redemption = cloud.RedemptionCall(user with { Phones = [] }, code).Enrolling();
        var proof = redemption.Proof.Build();
        Assert.Equal(201, (await redemption.SendAsync(cloud.Api, proof)).Status);
        await cloud.RestAsync(user);

        var stored = await StoredAsync(user);
        Assert.All(handles, handle => Assert.DoesNotContain(handle, stored, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(code, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(proof, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(DidProofOf(redemption), stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I10_The_claims_code_is_in_its_link_and_nowhere_else_in_an_answer()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var code = await cloud.RenewClaimAsync(user);

        foreach (var path in new[] { "", "/claim" })
        {
            var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{user.UserId}{path}");
            var link = $"https://app.bloksec.io/claim#{user.TenantId}.{user.UserId}.{code}";
            Assert.Contains($"\"link\":\"{link}\"", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(code, answer.Text.Replace(link, "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        var qr = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{user.UserId}/claim/qr");
        Assert.DoesNotContain(code, qr.Text, StringComparison.Ordinal);
        Assert.Equal("no-store", qr.Headers.CacheControl?.ToString());
        var list = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "users?pageSize=200");
        Assert.DoesNotContain(code, list.Text, StringComparison.Ordinal);
    }

    /// <summary>All that goes well: enrolling, restoring, push handles, removals, a second life.</summary>
    private async Task<TestUser> LiveAsync()
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
    private async Task<TestUser> SufferAsync()
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
        var admin = Attacks.EveryAdminCall.Of(call, user);
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

    private void AssertNone(string where, IEnumerable<string> texts)
    {
        var all = string.Join('\n', texts);
        foreach (var secret in secrets)
        {
            Assert.False(all.Contains(secret, StringComparison.OrdinalIgnoreCase), $"A secret ({secret}) is in {where}.");
        }
    }

    private static string DidProofOf(MobileCall call) => JsonElement.Parse(call.Body!).GetProperty("didProof").GetString()!;

    private Task<string> StoredAsync(TestUser user) => test.TextAsync(user);
}
