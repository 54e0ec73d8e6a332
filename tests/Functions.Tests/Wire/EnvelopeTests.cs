using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>The app is called as the real Functions host called a handler, byte for byte but for the message and the function's name.</summary>
public sealed class EnvelopeTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Cloud => fixture.Cloud;

    /// <summary>Our queues are Service Bus'; a Storage queue's envelope differs in the metadata only, which is not read.</summary>
    [Theory]
    [InlineData("service-bus-message")]
    [InlineData("storage-queue")]
    public async Task A_message_in_the_recorded_envelope_is_carried_out_and_answered_with_an_object(string envelope)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        string operationId;
        using (Cloud.BusOut())
        {
            operationId = (await Cloud.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, TestContext.Current.CancellationToken)).OperationId;
        }

        var message = new RevocationMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = operationId };
        var answer = await HostCall.PostAsync(Cloud, "/FanOutRevocation", Recorded(envelope, JsonSerializer.Serialize(message, Json.Documents)));

        HostCall.AssertObject(200, answer);
        await Cloud.SucceededAsync(user, operationId);
    }

    [Theory]
    [InlineData("timer-first")]
    [InlineData("timer")]
    public async Task A_recorded_tick_is_answered_with_an_object(string envelope) =>
        HostCall.AssertObject(200, await HostCall.PostAsync(Cloud, "/ResumeOperations", Recorded(envelope, body: null)));

    /// <summary>The host sends it to HTTP functions with further bindings. There are none here.</summary>
    [Fact]
    public async Task The_recorded_default_envelope_of_an_HTTP_function_reaches_nothing()
    {
        var envelope = Recorded("http-default", body: null);
        foreach (var name in MappedFunction.Names)
        {
            Assert.Equal(404, (await HostCall.PostAsync(Cloud, $"/{name}", envelope)).Status);
        }

        HostCall.AssertObject(422, await HostCall.PostAsync(Cloud, "/FanOutRevocation", envelope));
    }

    [Fact]
    public async Task The_recorded_probe_is_answered()
    {
        using var app = new RawApi(Cloud.AppAddress);

        Assert.InRange((await app.SendAsync(HttpMethod.Get, "/")).Status, 200, 299);
    }

    /// <summary>A recorded body; the message stands in it as the host encodes one: JSON inside a JSON string.</summary>
    private static string Recorded(string name, string? body)
    {
        var recorded = Approved.Read($"tests/Local.Tests/FunctionsHost/Envelopes/{name}.http").Split("\n\n", 2)[1];
        if (body is null)
        {
            return recorded;
        }

        var envelope = JsonNode.Parse(recorded)!;
        envelope["Data"] = new JsonObject { ["message"] = JsonSerializer.Serialize(body) };
        return envelope.ToJsonString();
    }
}
