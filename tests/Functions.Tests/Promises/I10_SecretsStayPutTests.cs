using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Promises;

public sealed class SecretsStayPutTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I10_No_secret_is_in_a_log_a_span_a_metric_a_message_a_problem_or_an_answer_to_an_administrator()
    {
        using var bus = new Eavesdropper(test);
        var secrets = new SecretsOnTheirWay(cloud);

        var user = await secrets.LiveAsync();
        var sufferer = await secrets.SufferAsync();
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);

        Assert.True(secrets.Known.Count > 60, $"{secrets.Known.Count} secrets went through the system.");
        Assert.True(bus.Messages.Count > 20, $"{bus.Messages.Count} messages were read.");
        Assert.True(secrets.Told.Count > 40, $"{secrets.Told.Count} answers were read.");
        secrets.AssertAbsent("a message", bus.Messages);
        secrets.AssertAbsent("an answer", secrets.Told);
        secrets.AssertAbsent("a log", test.Logs.Lines);
        secrets.AssertAbsent("the output of the host", test.Output);
        OtlpReceiver.Flush(test.Services);
        foreach (var kind in new[] { "traces", "metrics", "logs" })
        {
            secrets.AssertAbsent($"the exported {kind}", cloud.Telemetry.Texts(kind));
        }

        Assert.Contains(cloud.Telemetry.Texts("traces"), text => text.Contains(user.UserId, StringComparison.Ordinal));
        Assert.Contains(cloud.Telemetry.Texts("metrics"), text => text.Contains("bloksec.revocation.duration", StringComparison.Ordinal));
        Assert.Contains(cloud.Telemetry.Texts("logs"), text => text.Contains(sufferer.UserId, StringComparison.Ordinal));
        secrets.AssertAbsent("an address", test.Traffic.Seen.Where(seen => seen.StandIn != "apns").Select(seen => seen.Path));
        Assert.Contains(test.Logs.Lines, line => line.Contains(sufferer.UserId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task I10_A_removed_phones_push_handle_is_kept_for_a_nudge_only_and_proofs_and_codes_are_never_stored()
    {
        var user = await test.NewUserAsync(phones: 2);
        var handles = user.Phones.Select(phone => phone.State.PushAddress.Token).ToArray();
        var before = await test.TextAsync(user);
        Assert.All(handles, handle => Assert.Contains(handle, before, StringComparison.Ordinal));

        await cloud.UnregisterAsync(user);
        var code = await cloud.RenewClaimAsync(user);
        var redemption = cloud.RedemptionCall(user with { Phones = [] }, code).Enrolling();
        var proof = redemption.Proof.Build();
        Assert.Equal(201, (await redemption.SendAsync(cloud.Api, proof)).Status);
        await cloud.RestAsync(user);

        var kept = await test.DocumentsAsync(user, $"c.type = '{RevokedHandleDocument.DocumentType}'");
        Assert.All(kept.Values, document => Assert.InRange(document.GetProperty("ttl").GetInt32(), 1, (int)TimeSpan.FromDays(30).TotalSeconds));
        var stored = await test.TextAsync(user, $"c.type != '{RevokedHandleDocument.DocumentType}'");
        Assert.All(handles, handle => Assert.DoesNotContain(handle, stored, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(code, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(proof, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretsOnTheirWay.DidProofOf(redemption), stored, StringComparison.Ordinal);
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
}
