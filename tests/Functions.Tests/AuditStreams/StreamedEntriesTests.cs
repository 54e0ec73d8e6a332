using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using BlokSec.Contracts;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.AuditStreams;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.AuditStreams;

/// <summary>What the streams say of entries that are not as they were sealed; the log records; the token of the managed identity.</summary>
public sealed class StreamedEntriesTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I12_Entries_that_were_changed_or_are_gone_are_said_so_once_no_replica_can_be_late_any_more()
    {
        var test = new StreamTest(cloud);
        var expiring = test.Chain.History.Entry("maria", cloud.Test.Time.GetUtcNow()) with { Ttl = 60 };
        await test.Chain.History.StoreAsync([expiring]);
        var entries = await test.SealedAsync(3);
        await test.Chain.PatchAsync("maria", entries[0].Id, PatchOperation.Set("/reason", "nothing to see here"));
        await test.Chain.DeleteAsync("maria", entries[1].Id);

        await test.RunAsync();
        Assert.Empty(test.Events);
        await test.FinishedAsync();

        Assert.Equal([expiring.Id, .. entries.Select(entry => entry.Id)], test.Ids);
        Assert.Equal(["expired", "changed", "missing", "sealed"], test.Events.Select(one => one.GetProperty("auditstate").GetString()));
        Assert.Equal("nothing to see here", test.Events[1].GetProperty("data").GetProperty("reason").GetString());
        Assert.Equal(entries[1].Id, test.Events[2].GetProperty("data").GetProperty("entryId").GetString());
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(-5)]
    public async Task I12_A_cursor_that_is_moved_past_the_end_is_an_alert_and_everything_is_sent_again(long block)
    {
        var test = new StreamTest(cloud);
        var first = await test.SealedAsync(2);
        await test.FinishedAsync();
        await test.Chain.PatchAsync("~audit", AuditStreamDocument.IdOf(AuditStreamNames.EventGrid), PatchOperation.Set("/block", block));
        var second = await test.SealedAsync(2);
        var state = await test.StateAsync();
        Assert.Equal((0, 2, AuditStreamDocument.Astray), (state.SentBlock, state.WaitingBlocks, state.Fault));

        await test.FinishedAsync();

        Assert.Equal(first.Concat(first).Concat(second).Select(entry => entry.Id), test.Events.Select(one => one.GetProperty("id").GetString()));
        state = await test.StateAsync();
        Assert.Equal((2, 0, null), (state.SentBlock, state.Failures, state.Fault));
        Assert.Equal([AuditFaults.StreamMoved], await test.Chain.FaultsAsync());
        Assert.Equal([AuditFaults.StreamMoved], await test.Chain.FaultsAsync());
        var alert = Assert.Single(await test.Chain.History.ReadAsync("alert=true"));
        Assert.Equal((AuditActions.AuditBroken, AuditFaults.StreamMoved, 1), (alert.Action, alert.After!["fault"], alert.Count));
    }

    [Fact]
    public async Task I12_A_cursor_that_was_told_to_wait_for_years_or_to_leave_out_a_block_does_neither()
    {
        var test = new StreamTest(cloud);
        await test.SealedAsync(1);
        await test.FinishedAsync();
        await test.Chain.PatchAsync(
            "~audit",
            AuditStreamDocument.IdOf(AuditStreamNames.EventGrid),
            PatchOperation.Set("/notBefore", cloud.Test.Time.GetUtcNow().AddYears(70)),
            PatchOperation.Set("/sent", 1_000));
        var entries = await test.SealedAsync(2);

        await test.RunAsync();

        Assert.Equal(entries.Select(entry => entry.Id), test.Ids.Skip(1));
    }

    [Fact]
    public async Task I12_An_entry_of_no_user_holds_up_nothing()
    {
        var test = new StreamTest(cloud);
        var entries = await test.SealedAsync(2);
        await test.Chain.WriteOfNobodyAsync(new JsonObject { ["id"] = "audit:nobody", ["type"] = "audit", ["block"] = 1 });

        await test.FinishedAsync();

        Assert.Equal([.. entries.Select(entry => entry.Id), "audit:nobody"], test.Ids);
        Assert.Equal(["sealed", "sealed", "unsealed"], test.Events.Select(one => one.GetProperty("auditstate").GetString()));
    }

    [Fact]
    public async Task I12_A_chain_whose_head_has_no_type_is_streamed()
    {
        var test = new StreamTest(cloud);
        var entries = await test.SealedAsync(2);
        await test.Chain.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Remove("/type"));

        await test.RunAsync();

        Assert.Equal(entries.Select(entry => entry.Id), test.Ids);
    }

    [Fact]
    public async Task I12_A_block_that_is_gone_is_said_so_and_holds_up_nothing()
    {
        var test = new StreamTest(cloud);
        var first = await test.SealedAsync(2);
        var second = await test.SealedAsync(2);
        await test.Chain.DeleteAsync("~audit", AuditBlockDocument.IdOf(1));
        await test.Chain.DeleteAsync("maria", first[0].Id);
        await test.Chain.DeleteAsync("maria", first[1].Id);

        await test.RunAsync();
        Assert.Empty(test.Events);
        await test.FinishedAsync();

        Assert.Equal([AuditBlockDocument.IdOf(1), .. second.Select(entry => entry.Id)], test.Ids);
        Assert.Equal("missing", test.Events[0].GetProperty("auditstate").GetString());
    }

    [Fact]
    public async Task I12_A_block_that_an_insider_made_unreadable_or_dated_into_the_future_holds_up_nothing()
    {
        var test = new StreamTest(cloud);
        var first = await test.SealedAsync(1);
        var second = await test.SealedAsync(1);
        var third = await test.SealedAsync(1);
        await test.Chain.PatchAsync("~audit", AuditBlockDocument.IdOf(1), PatchOperation.Set("/entries", "none"));
        await test.Chain.PatchAsync("~audit", AuditBlockDocument.IdOf(2), PatchOperation.Set("/sealedAt", cloud.Test.Time.GetUtcNow().AddYears(70)));
        await test.Chain.PatchAsync("maria", second[0].Id, PatchOperation.Set("/reason", "nothing to see here"));

        await test.FinishedAsync();

        Assert.Equal([first[0].Id, second[0].Id, third[0].Id], test.Ids);
        Assert.Equal(["unsealed", "changed", "sealed"], test.Events.Select(one => one.GetProperty("auditstate").GetString()));
    }

    [Fact]
    public async Task I5_A_tenant_whose_place_in_the_stream_cannot_be_read_delays_no_other_and_is_logged()
    {
        var (test, other) = (new StreamTest(cloud), new StreamTest(cloud));
        await test.SealedAsync(1);
        await test.FinishedAsync();
        await test.Chain.PatchAsync("~audit", AuditStreamDocument.IdOf(AuditStreamNames.EventGrid), PatchOperation.Set("/block", "far"));
        await test.SealedAsync(1);
        var others = await other.SealedAsync(1);

        await other.RunAsync();

        Assert.Equal(others.Select(entry => entry.Id), other.Ids);
        Assert.Equal("How far it was sent cannot be read.", (await test.StateAsync()).Fault);
        Assert.Contains(cloud.Test.Logs.Lines, line =>
            line.StartsWith("Error ", StringComparison.Ordinal) && line.Contains($"The audit of tenant {test.Tenant} could not be streamed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_entry_that_an_insider_made_unreadable_holds_up_nothing()
    {
        var test = new StreamTest(cloud);
        var entries = await test.SealedAsync(3);
        await test.Chain.PatchAsync("maria", entries[1].Id, PatchOperation.Set("/actor", "nobody"), PatchOperation.Set("/action", ""));

        await test.FinishedAsync();

        Assert.Equal(entries.Select(entry => entry.Id), test.Ids);
        Assert.Equal(("com.bloksec.audit.entry", "changed"), (test.Events[1].GetProperty("type").GetString(), test.Events[1].GetProperty("auditstate").GetString()));
    }

    [Fact]
    public async Task Log_records_of_a_category_of_their_own_carry_each_entry_by_the_names_of_the_API()
    {
        var test = new StreamTest(cloud);
        var entries = await test.SealedAsync(3);

        Assert.True(await cloud.Test.Cloud.Host.RunTimerAsync(nameof(StreamAudit)));

        Assert.Equal((1, 0), ((await test.StateAsync(AuditStreamNames.Logs)).SentBlock, (int)(await test.StateAsync(AuditStreamNames.Logs)).WaitingBlocks));
        var exported = string.Concat(cloud.Telemetry.Texts("logs"));
        Assert.Contains(LogStream.Category, exported, StringComparison.Ordinal);
        Assert.All(entries, entry =>
        {
            Assert.Contains(entry.Id, exported, StringComparison.Ordinal);
            var line = Assert.Single(cloud.Test.Logs.Lines, line =>
                line.StartsWith($"Information {LogStream.Category}:", StringComparison.Ordinal) && line.Contains(entry.Id, StringComparison.Ordinal));
            Assert.All(
                [
                    "[action, device.removed]", $"[tenantId, {test.Tenant}]", "[userId, maria]", "[actorKind, administrator]", "[actorId, alice]", "[actorName, Alice Adams]",
                    "[targets, device-1]", "[alert, False]", "[auditBlock, 1]", "[auditState, sealed]",
                ],
                attribute => Assert.Contains(attribute, line, StringComparison.Ordinal));
        });
        Assert.Equal(3, test.Ids.Count());
    }

    [Fact]
    public async Task The_managed_identity_is_let_in_by_its_token_and_a_wrong_key_is_not()
    {
        var test = new StreamTest(cloud);
        var endpoint = new UriBuilder(cloud.Test.Cloud.EventGrid.Endpoint) { Scheme = Uri.UriSchemeHttps }.Uri;
        using var transport = new HttpClientTransport(new HttpClient(new WithoutTls()));
        var options = new EventGridPublisherClientOptions { Transport = transport, Retry = { MaxRetries = 0 } };

        var taken = await SentAsync(test, new EventGridPublisherClient(endpoint, cloud.Test.Services.GetRequiredService<TokenCredential>(), options));
        var refused = await SentAsync(test, new EventGridPublisherClient(endpoint, new Azure.AzureKeyCredential("wrong"), options));

        Assert.Equal((1, null), (taken.Taken, taken.Fault));
        Assert.Equal((0, "Event Grid answered 401."), (refused.Taken, refused.Fault));
        Assert.Equal("audit:1", Assert.Single(test.Events).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_left_after_a_time()
    {
        var test = new StreamTest(cloud);
        var options = new EventGridPublisherClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromMilliseconds(200) } };
        using var silence = cloud.Test.Traffic.Add(new FaultRule { StandIn = "eventgrid", Contains = test.Tenant, Silence = true });

        var sent = await SentAsync(test, new EventGridPublisherClient(cloud.Test.Cloud.EventGrid.Endpoint, new Azure.AzureKeyCredential("any"), options));

        Assert.Equal((0, "Event Grid did not answer in time."), (sent.Taken, sent.Fault));
    }

    private Task<StreamResult> SentAsync(StreamTest test, EventGridPublisherClient client) =>
        ActivatorUtilities.CreateInstance<EventGridStream>(cloud.Test.Services, client)
            .SendAsync(test.Tenant, [new StreamedEntry("audit:1", "maria", 1, "hash", EntryStates.Missing, Details: null)], Stop);

    /// <summary>Ends TLS before the stand-in.</summary>
    private sealed class WithoutTls() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = Uri.UriSchemeHttp }.Uri;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
