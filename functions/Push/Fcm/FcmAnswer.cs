using System.Text.Json;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>What Google answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="RpcStatus">Google's canonical code, such as <c>NOT_FOUND</c>; null for none.</param>
/// <param name="ErrorCode">FCM's own code, from an <c>FcmError</c> detail; null for none.</param>
/// <param name="BadFields">The fields that a <c>BadRequest</c> detail names; null when there is no such detail.</param>
/// <param name="RetryAfter">When to retry, if Google says so.</param>
/// <param name="MessageId"><c>projects/*/messages/*</c>; null for none.</param>
internal readonly record struct FcmAnswer(
    int Status,
    string? RpcStatus = null,
    string? ErrorCode = null,
    IReadOnlyList<string>? BadFields = null,
    DateTimeOffset? RetryAfter = null,
    string? MessageId = null)
{
    private const string BadRequest = "type.googleapis.com/google.rpc.BadRequest";
    private const string FcmError = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

    public static async ValueTask<FcmAnswer> ReadAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status == StatusCodes.Status200OK)
        {
            return new FcmAnswer(status, MessageId: await ProviderAnswer.ReadNameAsync(response.Content, cancellationToken));
        }

        var body = await ProviderAnswer.ReadAsync(response.Content, cancellationToken);
        var error = Member(body, "error");
        return Details(error).Aggregate(
            new FcmAnswer(status, ProviderAnswer.Word(error, "status"), RetryAfter: ProviderAnswer.RetryAfter(response, now)),
            (answer, detail) => ProviderAnswer.Text(detail, "@type") switch
            {
                FcmError => answer with { ErrorCode = ProviderAnswer.Word(detail, "errorCode") },
                BadRequest => answer with { BadFields = Fields(detail) },
                _ => answer,
            });
    }

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;

    private static IEnumerable<JsonElement> Details(JsonElement error) => Items(Member(error, "details"));

    private static string[] Fields(JsonElement detail) =>
        [.. Items(Member(detail, "fieldViolations")).Select(violation => ProviderAnswer.Text(violation, "field") ?? string.Empty)];

    private static IEnumerable<JsonElement> Items(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();
}
