using System.Text.Json;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// Where the next page begins: behind the last item of the page before, named by its place and not by a count, so that pages stay
/// right while items come and go.
/// </summary>
/// <param name="Effective">The effective partition key of that item.</param>
/// <param name="Number">Its number.</param>
/// <param name="Taken">How many rows all pages so far had, for TOP and LIMIT.</param>
/// <param name="Keys">Its values of ORDER BY, if there is one.</param>
internal sealed record QueryContinuation(string Effective, long Number, int Taken, JsonElement[]? Keys = null)
{
    /// <summary>Before the first item.</summary>
    public static QueryContinuation Start { get; } = new("", 0, 0);

    public ItemPosition Position => new(Effective, Number);

    public static QueryContinuation? Parse(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize<QueryContinuation>(Convert.FromBase64String(token)) is { Effective: not null } continuation)
            {
                return continuation;
            }
        }
        catch (Exception problem) when (problem is FormatException or JsonException)
        {
            // Refused below, like JSON of another shape.
        }

        throw CosmosRefusal.BadRequest("Invalid Continuation Token");
    }

    public override string ToString() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this));
}
