namespace BlokSec.Local.Cosmos.Keys;

/// <summary>Which items of a container a feed or query looks at, by effective partition key.</summary>
/// <param name="From">The first effective partition key.</param>
/// <param name="To">The first that is beyond; null for one logical partition, whose items all have <paramref name="From"/>.</param>
internal sealed record KeyRange(string From, string? To)
{
    /// <summary>Beyond every effective partition key.</summary>
    public const string End = "FF";

    public static KeyRange All { get; } = new(string.Empty, End);

    public bool IsOnePartition => To is null;
}
