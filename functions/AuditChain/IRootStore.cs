using System.Globalization;

namespace BlokSec.Functions.AuditChain;

/// <summary>Keeps signed roots where nobody who can change the database can change them: each is written once and never again.</summary>
internal interface IRootStore
{
    /// <summary>Whether there is such a place.</summary>
    bool IsOutOfReach { get; }

    /// <summary>Writes a root unless there is one of this block; the one that is there afterwards.</summary>
    Task<string> KeepAsync(string tenantId, long number, string root, CancellationToken cancellationToken);

    /// <summary>The root of a block; null when there is none.</summary>
    Task<string?> ReadAsync(string tenantId, long number, CancellationToken cancellationToken);

    /// <summary>The blocks of which roots are there, in their order: thousands in a year, read page by page.</summary>
    IAsyncEnumerable<long> ListAsync(string tenantId, CancellationToken cancellationToken);

    /// <summary>The same of a few blocks, without a look at the others.</summary>
    IAsyncEnumerable<long> ListAsync(string tenantId, long first, long last, CancellationToken cancellationToken);

    /// <summary>The tenants of which roots are there.</summary>
    IAsyncEnumerable<string> TenantsAsync(CancellationToken cancellationToken);
}

/// <summary>The names of roots: a folder for each tenant, in the order of blocks.</summary>
internal static class RootNames
{
    /// <summary>Blocks whose roots' names begin alike.</summary>
    private const int Alike = 100;

    private const string End = ".jws";

    public static string Of(string tenantId, long number) => string.Create(CultureInfo.InvariantCulture, $"{tenantId}/{number:D12}{End}");

    /// <summary>How the names of a few blocks' roots begin, each at most <see cref="Alike"/> of them.</summary>
    public static IEnumerable<string> PrefixesOf(string tenantId, long first, long last)
    {
        for (var hundred = first / Alike; hundred <= last / Alike; hundred++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{tenantId}/{hundred:D10}");
        }
    }

    /// <summary>The block that a name tells; null for whatever else is there.</summary>
    public static long? NumberOf(string name) =>
        name.EndsWith(End, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(name.LastIndexOf('/') + 1)[..^End.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

/// <summary>No place: roots are in the database only.</summary>
internal sealed class NoRootStore : IRootStore
{
    public bool IsOutOfReach => false;

    public Task<string> KeepAsync(string tenantId, long number, string root, CancellationToken cancellationToken) => Task.FromResult(root);

    public Task<string?> ReadAsync(string tenantId, long number, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public IAsyncEnumerable<long> ListAsync(string tenantId, CancellationToken cancellationToken) => AsyncEnumerable.Empty<long>();

    public IAsyncEnumerable<long> ListAsync(string tenantId, long first, long last, CancellationToken cancellationToken) => AsyncEnumerable.Empty<long>();

    public IAsyncEnumerable<string> TenantsAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<string>();
}
