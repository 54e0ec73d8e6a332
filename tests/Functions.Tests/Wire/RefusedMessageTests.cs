using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>In a system where nothing else happens: whatever is sent or written is the refused message's doing.</summary>
public sealed class RefusedMessageTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "no JSON", "{\"version\":" },
        { "nothing", "" },
        { "a list", "[]" },
        { "null", "null" },
        { "no members", "{}" },
        { "a text", "\"text\"" },
        { "base64", "eyJuIjoxfQ==" },
        { "JSON inside a JSON string", "\"{\\\"version\\\":1}\"" },
        { "a message of a later version", """{"version":99,"tenantId":"t","userId":"u","operationId":"o"}""" },
        { "a message without its members", """{"version":1}""" },
    };

    private TestCloud Cloud => fixture.Cloud;

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_message_fails_and_nothing_is_sent_on(string what, string body)
    {
        var mark = Cloud.Traffic.Mark;

        var metadata = new Dictionary<string, string> { ["tenantId"] = "\"t\"", ["userId"] = "\"u\"", ["operationId"] = "\"o\"" };

        Assert.False(await Cloud.Cloud.Host.InvokeQueueAsync("FanOutRevocation", body, metadata), what);
        Assert.DoesNotContain(Cloud.Traffic.Since(mark), seen => seen.Operation is "send" or "batch");
    }
}
