using System.Text.Json;
using BlokSec.Contracts;

namespace BlokSec.Local.Phones.Wire;

/// <summary>What came back from a call. That nothing came back is an answer too: the phone must decide without knowing.</summary>
/// <param name="Status">The HTTP status; null when no answer arrived.</param>
/// <param name="Body">The body if it is a JSON object.</param>
/// <param name="Failure">Why no answer arrived.</param>
internal sealed record ApiAnswer(int? Status, JsonElement? Body, string? Failure)
{
    /// <summary>Whether the request may or may not have had its effect.</summary>
    public bool IsLost => Status is null;

    /// <summary>A 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The stable code of a problem (RFC 9457).</summary>
    public string? ProblemCode => IsSuccess ? null : Text("code");

    /// <summary>The revocation statement of a 410.</summary>
    public string? Statement => Text("statement");

    /// <summary>The server's time, in a problem that is about the phone's clock.</summary>
    public DateTimeOffset? ServerTime =>
        ProblemCode == ProblemCodes.ClockSkewed && Body!.Value.TryGetProperty("serverTime", out var time) && time.TryGetDateTimeOffset(out var at) ? at : null;

    /// <summary>How often a number may still be tried, in a problem that is about a wrong one.</summary>
    public int? AttemptsLeft =>
        ProblemCode == ProblemCodes.WrongNumber && Body!.Value.TryGetProperty("attemptsLeft", out var left) && left.TryGetInt32(out var count) ? count : null;

    /// <summary>Whether nobody answered who could know: no answer, or a server in trouble.</summary>
    public bool IsOutage => Status is null or 429 or >= 500;

    /// <summary>The body as a contract; null when it is not one.</summary>
    public T? Read<T>()
        where T : class
    {
        try
        {
            return Body?.Deserialize<T>(PhoneJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Status and problem code, for the phone's history.</summary>
    public override string ToString() => Status is { } status ? $"{status} {ProblemCode}".TrimEnd() : $"no answer ({Failure})";

    private string? Text(string name) =>
        Body is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
