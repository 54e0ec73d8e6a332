namespace BlokSec.Portal.Search;

/// <summary>Something that the search found.</summary>
/// <param name="Address">The page that shows it.</param>
/// <param name="Text">What it is called.</param>
/// <param name="Detail">What tells it from another of the same name.</param>
internal sealed record FoundItem(string Address, string Text, string? Detail = null);

/// <summary>What the search found of one kind.</summary>
/// <param name="Title">The kind.</param>
/// <param name="Items">What was found.</param>
internal sealed record FoundGroup(string Title, IReadOnlyList<FoundItem> Items);

/// <summary>The answers to one search.</summary>
/// <param name="Groups">What was found, by kind.</param>
/// <param name="IsWhole">Whether every kind could be searched.</param>
internal sealed record FoundItems(IReadOnlyList<FoundGroup> Groups, bool IsWhole);
