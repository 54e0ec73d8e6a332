using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Telemetry;

public sealed class TraceTests(TraceCloud cloud) : IClassFixture<TraceCloud>
{
    private const string Click = "POST /api/users/{userId}/devices/{deviceId}/removal";
    private const string Confirmation = "POST /api/mobile/device/erasure";
    private const string Status = "GET /api/mobile/device/status";

    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "push apns")]
    [InlineData(1, "push fcm")]
    public async Task A_removal_is_one_trace_from_the_click_over_queue_and_push_to_the_phones_confirmation(int phone, string push)
    {
        var user = await test.NewUserAsync(phones: 2);

        await test.RemovedAsync(user, phone);
        await test.ConfirmedAsync(user, user.DeviceIds[phone]);

        var confirmed = await cloud.SpanAsync(user, Confirmation);
        Assert.Equal(
            [push, "SendRevokePush", "send revoke-pushes", "FanOutRevocation", "send revocations", Click],
            await cloud.AncestryAsync(await cloud.SpanAsync(user, push), Click));
        Assert.Equal([Confirmation, Click], await cloud.AncestryAsync(confirmed, Click));
        var click = await cloud.SpanAsync(user, Click);
        Assert.Equal(click.TraceId, (await cloud.SpanAsync(user, "DeleteDevices")).TraceId);
        Assert.Equal("blocked", click.GetTagItem("bloksec.revocation.milestone"));
        Assert.Equal("confirmed", confirmed.GetTagItem("bloksec.revocation.milestone"));
        Assert.Equal(user.DeviceIds[phone], confirmed.GetTagItem("bloksec.device"));
        Assert.Contains(cloud.Spans, span => span.Source.Name == "Azure.Cosmos.Operation" && span.TraceId == click.TraceId);
    }

    [Fact]
    public async Task Work_that_is_resumed_after_an_outage_goes_on_in_the_trace_of_the_click()
    {
        var user = await test.NewUserAsync(phones: 1);
        using (test.BusOut())
        {
            await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], "lost", Stop);
        }

        await test.ResumeAsync();
        await test.ConfirmedAsync(user, user.DeviceIds[0]);

        var confirmed = await cloud.SpanAsync(user, Confirmation);
        var way = await cloud.AncestryAsync(await cloud.SpanAsync(user, "push apns"), Click);
        Assert.StartsWith("resume ", way[^2], StringComparison.Ordinal);
        var sent = Assert.Single(cloud.Spans, span => span.DisplayName == "send revocations" && span.Status == ActivityStatusCode.Error
            && Equals(span.GetTagItem("bloksec.user"), user.UserId));
        Assert.Equal(confirmed.TraceId, sent.TraceId);
    }

    [Theory]
    [InlineData("traceparent", "no trace context")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-and-more")]
    [InlineData("Request-Id", "|a.caller.of.old.")]
    [InlineData("tracestate", "vendor=anything")]
    [InlineData("baggage", "who=anybody")]
    public async Task Of_what_a_caller_says_about_the_trace_nothing_but_a_trace_id_is_stored_or_sent_to_the_phone(string header, string value)
    {
        var user = await test.NewUserAsync(phones: 1);
        using var removal = new HttpRequestMessage(HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal")
        {
            Content = JsonContent.Create(new { confirmation = "remove device" }),
        };
        removal.Headers.TryAddWithoutValidation(header, value);
        using (var answer = await test.Admin().Http.SendAsync(removal, Stop))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        await test.ConfirmedAsync(user, user.DeviceIds[0]);

        var revocation = Assert.Single(await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", revocation.TraceParent);
        Assert.DoesNotContain("anything", await test.TextAsync(user), StringComparison.Ordinal);
        Assert.All(cloud.Spans.Where(span => Equals(span.GetTagItem("bloksec.user"), user.UserId)), span => Assert.Null(span.TraceStateString));
    }

    [Fact]
    public async Task Reads_are_sampled_away_but_not_one_by_which_a_removed_phone_learns_the_truth()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await user.Phones[1].OpenAppAsync(Stop);
        await test.RemovedAsync(user, 0);
        Assert.Null(cloud.Find(user, Status));

        await user.Phones[0].OpenAppAsync(Stop);

        Assert.Equal("learned", (await cloud.SpanAsync(user, Status)).GetTagItem("bloksec.revocation.milestone"));
    }

    [Fact]
    public async Task A_read_that_fails_is_kept()
    {
        var user = await test.NewUserAsync(phones: 1);
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Status = 503 }))
        {
            await user.Phones[0].OpenAppAsync(Stop);
        }

        Assert.Equal(ActivityStatusCode.Error, (await cloud.SpanAsync(user, Status)).Status);
    }

    [Fact]
    public async Task Logs_name_tenant_user_and_operation()
    {
        var user = await test.NewUserAsync(phones: 1);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], "lost", Stop)).OperationId;
        }

        var line = Assert.Single(test.Logs.Lines, line => line.Contains($"Operation {operationId} is committed", StringComparison.Ordinal));
        Assert.Contains($"[tenantId, {user.TenantId}]", line, StringComparison.Ordinal);
        Assert.Contains($"[userId, {user.UserId}]", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_call_is_logged_with_tenant_and_user()
    {
        var user = await test.NewUserAsync(phones: 1);
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Status = 503 }))
        {
            await user.Phones[0].OpenAppAsync(Stop);
        }

        var line = Assert.Single(test.Logs.Lines, line =>
            line.Contains("could not be carried out", StringComparison.Ordinal) && line.Contains(user.UserId, StringComparison.Ordinal));
        Assert.Contains($"[tenantId, {user.TenantId}]", line, StringComparison.Ordinal);
    }
}
