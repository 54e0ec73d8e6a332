using System.Buffers;
using System.Text.Json;

namespace BlokSec.Functions.Push;

/// <summary>What the answers of both providers have in common.</summary>
internal static class ProviderAnswer
{
    private const int LargestBody = 16 * 1024;
    private const int LongestReason = 64;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly SearchValues<char> ReasonCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>The body; undefined when it is no JSON or larger than any answer of a provider.</summary>
    public static ValueTask<JsonElement> ReadAsync(HttpContent content, CancellationToken cancellationToken) =>
        ReadAsync(content, static body => JsonElement.Parse(body), cancellationToken);

    /// <summary>
    /// The <c>name</c> of the body's object; null when there is none, or the body is no JSON or larger than any answer of a provider.
    /// Leaves nothing but the text behind.
    /// </summary>
    public static ValueTask<string?> ReadNameAsync(HttpContent content, CancellationToken cancellationToken) =>
        ReadAsync(content, static body => Name(body), cancellationToken);

    /// <summary>
    /// When to retry, given as seconds or as a date (RFC 9110, 10.2.3); at most a day from now. Null when there is no such header.
    /// </summary>
    public static DateTimeOffset? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        var when = header?.Delta is { } delta ? now + Min(delta, LongestWait) : header?.Date;
        return when is null ? null : when < now ? now : when > now + LongestWait ? now + LongestWait : when;
    }

    /// <summary>A reason or code as the provider gave it; null when it is none, so that provider text never reaches a log or an administrator.</summary>
    public static string? Word(JsonElement of, string name) =>
        Text(of, name) is { Length: > 0 and <= LongestReason } word && !word.AsSpan().ContainsAnyExcept(ReasonCharacters) ? word : null;

    /// <summary>A text member of an object; null when there is none.</summary>
    public static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static async ValueTask<T?> ReadAsync<T>(HttpContent content, Func<ReadOnlySpan<byte>, T> read, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LargestBody);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return read(buffer.AsSpan(0, length));
        }
        catch (JsonException)
        {
            return default;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? Name(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        string? text = null;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = json.ValueTextEquals("name"u8);
            json.Read();
            text = !isWanted ? text : json.TokenType == JsonTokenType.String ? json.GetString() : null;
            json.Skip();
        }

        // What follows the object makes the body no JSON.
        json.Read();
        return text;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
