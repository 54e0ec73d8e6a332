using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>The app is called as the real Functions host called a handler, byte for byte but for the message and the function's name.</summary>
public sealed class EnvelopeTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "no JSON", "{\"Data\":" },
        { "nothing", "" },
        { "a list", "[]" },
        { "no data", "{}" },
        { "data of another binding", """{"Data":{"other":"{}"},"Metadata":{}}""" },
        { "a body that is no object", """{"Data":{"message":"\"text\""},"Metadata":{}}""" },
        { "base64", """{"Data":{"message":"eyJuIjoxfQ=="},"Metadata":{}}""" },
        { "a message of a later version", """{"Data":{"message":"{\"version\":99,\"tenantId\":\"t\",\"userId\":\"u\",\"operationId\":\"o\"}"},"Metadata":{}}""" },
        { "a message without its members", """{"Data":{"message":"{\"version\":1}"},"Metadata":{"tenantId":"\"t\"","userId":"\"u\""}}""" },
    };

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
        var answer = await PostAsync("/FanOutRevocation", Recorded(envelope, JsonSerializer.Serialize(message, Json.Documents)));

        AssertObject(200, answer);
        await Cloud.SucceededAsync(user, operationId);
    }

    [Theory]
    [InlineData("timer-first")]
    [InlineData("timer")]
    public async Task A_recorded_tick_is_answered_with_an_object(string envelope) =>
        AssertObject(200, await PostAsync("/ResumeOperations", Recorded(envelope, body: null)));

    /// <summary>The host sends it to HTTP functions with further bindings. There are none here.</summary>
    [Fact]
    public async Task The_recorded_default_envelope_of_an_HTTP_function_reaches_nothing()
    {
        var envelope = Recorded("http-default", body: null);
        foreach (var name in MappedFunction.Names)
        {
            Assert.Equal(404, (await PostAsync($"/{name}", envelope)).Status);
        }

        AssertObject(422, await PostAsync("/FanOutRevocation", envelope));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_message_is_refused_with_an_object_and_nothing_is_sent_on(string what, string envelope)
    {
        var mark = Cloud.Traffic.Mark;

        var answer = await PostAsync("/FanOutRevocation", envelope);

        Assert.True(answer.Status >= 400, $"{what}: {answer.Status}");
        AssertObject(answer.Status, answer);
        Assert.DoesNotContain(Cloud.Traffic.Since(mark), seen => seen.Operation is "send" or "batch");
    }

    [Fact]
    public async Task The_recorded_probe_is_answered()
    {
        using var app = new RawApi(Cloud.AppAddress);

        Assert.InRange((await app.SendAsync(HttpMethod.Get, "/")).Status, 200, 299);
    }

    /// <summary>An answer without a JSON object would hang the invocation.</summary>
    private static void AssertObject(int status, RawAnswer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Contains("json", answer.ContentType, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, answer.Json.ValueKind);
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

    private async Task<RawAnswer> PostAsync(string path, string envelope)
    {
        using var app = new RawApi(Cloud.AppAddress);
        return await app.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(envelope), "application/json; charset=utf-8");
    }
}
