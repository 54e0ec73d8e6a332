using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>In a system where nothing else happens: whatever is sent or written is the refused message's doing.</summary>
public sealed class RefusedEnvelopeTests(CloudFixture fixture) : IClassFixture<CloudFixture>
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

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_message_is_refused_with_an_object_and_nothing_is_sent_on(string what, string envelope)
    {
        var mark = Cloud.Traffic.Mark;

        var answer = await HostCall.PostAsync(Cloud, "/FanOutRevocation", envelope);

        Assert.True(answer.Status >= 400, $"{what}: {answer.Status}");
        HostCall.AssertObject(answer.Status, answer);
        Assert.DoesNotContain(Cloud.Traffic.Since(mark), seen => seen.Operation is "send" or "batch");
    }
}
