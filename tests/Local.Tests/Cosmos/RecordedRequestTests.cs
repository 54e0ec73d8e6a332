using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Cosmos;
using BlokSec.Local.Cosmos.Batches;
using BlokSec.Local.Cosmos.Keys;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Tests.Cosmos;

/// <summary>
/// Requests as Microsoft.Azure.Cosmos 3.64 sent them, kept so that another version of the SDK does not hide a change; and what
/// @azure/cosmos 4.9.3 (JavaScript) words in another way.
/// </summary>
public sealed class RecordedRequestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recorded_requests_are_answered_in_the_order_of_a_session()
    {
        await AnswersAsync(
        [
            ("account", HttpStatusCode.OK), ("create-database", HttpStatusCode.Created), ("read-database", HttpStatusCode.OK),
            ("create-container", HttpStatusCode.Created), ("create-container-hierarchical", HttpStatusCode.Created),
            ("read-container", HttpStatusCode.OK), ("create-item", HttpStatusCode.Created), ("create-item", HttpStatusCode.Conflict),
            ("read-item", HttpStatusCode.OK), ("replace-item-if-match", HttpStatusCode.PreconditionFailed), ("patch-item", HttpStatusCode.OK),
            ("patch-item-with-filter", HttpStatusCode.PreconditionFailed), ("batch-upsert-patch-if-match", (HttpStatusCode)207),
            ("query-plan", HttpStatusCode.OK), ("query-one-partition", HttpStatusCode.OK), ("query-full-key", HttpStatusCode.OK),
            ("query-plan-key-prefix", HttpStatusCode.OK), ("query-key-prefix", HttpStatusCode.OK), ("query-plan-read-many", HttpStatusCode.OK),
            ("read-many", HttpStatusCode.OK), ("read-feed-one-partition", HttpStatusCode.OK), ("read-feed-full-key", HttpStatusCode.OK),
            ("change-feed", HttpStatusCode.NotImplemented), ("delete-item", HttpStatusCode.NoContent), ("read-item", HttpStatusCode.NotFound),
        ]);
    }

    [Fact]
    public async Task Recorded_requests_of_the_JavaScript_SDK_are_answered()
    {
        var answers = await AnswersAsync(
        [
            ("create-database", HttpStatusCode.Created), ("create-container-hierarchical", HttpStatusCode.Created),
            ("javascript-upsert-item", HttpStatusCode.Created), ("javascript-patch-item", HttpStatusCode.OK),
            ("javascript-batch", HttpStatusCode.OK), ("javascript-batch-with-key", HttpStatusCode.OK),
            ("javascript-batch-with-key", (HttpStatusCode)207), ("javascript-query-containers", HttpStatusCode.NotImplemented),
            ("javascript-offers", HttpStatusCode.NotImplemented), ("javascript-create-user", HttpStatusCode.NotImplemented),
        ]);
        Assert.Equal(5, JsonElement.Parse(answers[3]).GetProperty("n").GetInt32());
        var batch = JsonElement.Parse(answers[4]).EnumerateArray().ToArray();
        Assert.Equal([201, 201, 200, 200, 200, 204, 204], batch.Select(Status));
        Assert.Equal(2, batch[3].GetProperty("resourceBody").GetProperty("n").GetInt32());
        Assert.Equal(batch[3].GetProperty("eTag").GetString(), batch[3].GetProperty("resourceBody").GetProperty("_etag").GetString());
        Assert.Equal([409], JsonElement.Parse(answers[6]).EnumerateArray().Select(Status));

        static int Status(JsonElement result) => result.GetProperty("statusCode").GetInt32();
    }

    [Fact]
    public async Task A_recorded_batch_is_understood()
    {
        var body = await Recorded("batch-upsert-patch-if-match").Content!.ReadAsByteArrayAsync(Cancellation);
        var operations = await BatchWire.ReadAsync(body, PartitionKeyValue.Parse("[\"t1\",\"u1\"]"));
        Assert.Equal(["upsert", "patch"], operations.Select(operation => operation.Kind));
        Assert.Equal("""{"id":"z","tenantId":"t1","userId":"u1","n":0}""", Encoding.UTF8.GetString(operations[0].Body));
        Assert.Equal(("a", "x"), (operations[1].Id, operations[1].IfMatch));
        Assert.Equal("""{"operations":[{"op":"set","path":"/n","value":5}]}""", Encoding.UTF8.GetString(operations[1].Body));
    }

    /// <summary>Plays a session against a new stand-in; the bodies of its answers.</summary>
    private static async Task<IReadOnlyList<string>> AnswersAsync((string Name, HttpStatusCode Status)[] session)
    {
        await using var standIn = await CosmosStandIn.StartAsync(new(), new Traffic());
        using var http = new HttpClient { BaseAddress = standIn.Address };
        var bodies = new List<string>();
        foreach (var (name, status) in session)
        {
            using var answer = await http.SendAsync(Signed(Recorded(name)), Cancellation);
            bodies.Add(await answer.Content.ReadAsStringAsync(Cancellation));
            Assert.True(status == answer.StatusCode, $"{name}: {(int)answer.StatusCode} {bodies[^1]}");
            Assert.True(answer.Headers.Contains("x-ms-request-charge") && answer.Headers.Contains("x-ms-activity-id"));
        }

        return bodies;
    }

    private static HttpRequestMessage Recorded(string name)
    {
        using var stream = typeof(RecordedRequestTests).Assembly.GetManifestResourceStream("cosmos/" + name)!;
        using var reader = new StreamReader(stream);
        var first = reader.ReadLine()!.Split(' ');
        var request = new HttpRequestMessage(new HttpMethod(first[0]), first[1]);
        var headers = new List<string>();
        while (reader.ReadLine() is { Length: > 0 } header)
        {
            headers.Add(header);
        }

        var body = reader.ReadToEnd().TrimEnd();
        request.Content = body.Length == 0 ? null : new ByteArrayContent(
            body.StartsWith("base64:", StringComparison.Ordinal) ? Convert.FromBase64String(body["base64:".Length..]) : Encoding.UTF8.GetBytes(body));
        foreach (var header in headers.Select(header => header.Split(": ", 2)).Where(header => header[0] != "content-length"))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(header[0], header[1]) || request.Content!.Headers.TryAddWithoutValidation(header[0], header[1]));
        }

        return request;
    }

    private static HttpRequestMessage Signed(HttpRequestMessage request)
    {
        var date = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero).ToString("r", CultureInfo.InvariantCulture);
        var parts = request.RequestUri!.ToString().Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        var kind = parts.Length == 0 ? string.Empty : parts[(parts.Length - 1) / 2 * 2];
        var link = string.Join('/', parts[..(parts.Length / 2 * 2)]);
        var text = $"{request.Method.Method.ToLowerInvariant()}\n{kind}\n{link}\n{date.ToLowerInvariant()}\n\n";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(
            Convert.FromBase64String(CosmosStandInOptions.EmulatorKey), Encoding.UTF8.GetBytes(text)));
        request.Headers.Add("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("authorization", Uri.EscapeDataString($"type=master&ver=1.0&sig={signature}"));
        return request;
    }
}
