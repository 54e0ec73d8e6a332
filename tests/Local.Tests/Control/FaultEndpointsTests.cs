using System.Net;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Control;
using BlokSec.Local.Faults;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Local.Tests.Control;

public sealed class FaultEndpointsTests : IAsyncLifetime
{
    private readonly Traffic traffic = new();
    private readonly HttpClient http = new();
    private StandIn control = null!;

    public async ValueTask InitializeAsync()
    {
        traffic.Know("apns", ["send"]);
        traffic.Know("servicebus", ["send", "receive"]);
        control = await StandIn.StartAsync(0, HttpProtocols.Http1, services => services.AddRouting(), app => FaultEndpoints.Map(app, traffic));
        http.BaseAddress = control.Address;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await control.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"standIn":"apple","status":500}""", "There is no stand-in 'apple'. Known: apns, servicebus.")]
    [InlineData("""{"standIn":"apns","operation":"receive","status":500}""", "There is no operation 'receive' of apns. Known: send.")]
    [InlineData("""{"operation":"batch","status":500}""", "There is no operation 'batch' of any stand-in. Known: receive, send.")]
    [InlineData("""{"standIn":"apns"}""", "The rule does nothing: set status, delayMilliseconds, drop, duplicate, lose or reorder.")]
    [InlineData("""{"status":42}""", "status must be from 200 to 599.")]
    [InlineData("""{"status":500,"times":0}""", "times must be at least 1; leave it out for a fault that stays.")]
    [InlineData("""{"delayMilliseconds":-1}""", "delayMilliseconds must not be negative.")]
    [InlineData("""{"stat":500}""", "'stat'")]
    [InlineData("null", "The body is null.")]
    [InlineData("", "The body is not a fault rule")]
    public async Task A_rule_that_could_never_do_anything_is_refused_by_name(string rule, string why)
    {
        var (status, body) = await PostAsync(rule);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(why, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(traffic.Faults);
    }

    [Theory]
    [InlineData("""{"standIn":"APNs","operation":"send","status":429}""")]
    [InlineData("""{"operation":"receive","reorder":true}""")]
    [InlineData("""{"drop":true,"stage":"after","times":1}""")]
    public async Task A_rule_that_can_strike_is_taken(string rule)
    {
        var (status, _) = await PostAsync(rule);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Single(traffic.Faults);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string rule)
    {
        using var content = new StringContent(rule, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/faults", UriKind.Relative), content, TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (answer.StatusCode, json.RootElement.Clone());
    }
}
