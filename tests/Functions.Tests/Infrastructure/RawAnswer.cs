using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>An answer as it came over the wire.</summary>
internal sealed partial record RawAnswer(int Status, string? ContentType, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? Code => ContentType == "application/problem+json" ? Json.GetProperty("code").GetString() : null;

    public static async Task<RawAnswer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        response.Headers);

    /// <summary>Asserts that this is a whole problem (RFC 9457) that tells nothing of how the server is made.</summary>
    public JsonElement Problem(int status, string code)
    {
        Assert.True((status, "application/problem+json") == (Status, ContentType), $"expected {status} {code}, got {Status} {ContentType} {Text}");
        Assert.Equal(code, Json.GetProperty("code").GetString());
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.Equal($"https://docs.bloksec.io/problems/{code}", Json.GetProperty("type").GetString());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.NotEmpty(Json.GetProperty("detail").GetString()!);
        Assert.DoesNotMatch(Inside(), Text);
        return Json;
    }

    /// <summary>Names of types, parameters and members, and stack traces.</summary>
    [GeneratedRegex(@"System\.|Microsoft|BlokSec\.|\.NET|Exception|Nullable|   at |Request request|JsonSerializer|Cosmos|parameter|Consider")]
    private static partial Regex Inside();
}
