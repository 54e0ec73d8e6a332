using System.Runtime.CompilerServices;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Imports;

/// <summary>
/// Finds the rows of one file whose person the tenant has already, in bounded portions and bounded time. What it finds is a notice: the import itself
/// decides, as users come and go in between.
/// </summary>
internal sealed partial class DirectoryComparison(IdentityStore identities, string tenantId, TimeProvider time, ILogger logger)
{
    /// <summary>Rows of one portion: a query each for their addresses, their user names and their external ids, if they have any.</summary>
    public const int Portion = 500;

    private const int AtOnce = 4;

    /// <summary>How long the caller waits for notices: the call ends at <see cref="Http.RequestLimits.Deadline"/>, and the rows are written meanwhile.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The line of the last row that was compared, when not all were; null when all were.</summary>
    public int? CutAfter { get; private set; }

    /// <summary>The same rows in the same order, with notices.</summary>
    public async IAsyncEnumerable<ImportRow> RowsAsync(IAsyncEnumerable<ImportRow> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var pending = new Queue<Task<Compared>>();

        // Line 1 is the header.
        var lastLine = 1;
        try
        {
            await foreach (var portion in rows.Chunk(Portion).WithCancellation(cancellationToken))
            {
                if (pending.Count == AtOnce)
                {
                    foreach (var row in await NextAsync())
                    {
                        yield return row;
                    }
                }

                pending.Enqueue(CompareAsync(portion, either.Token, cancellationToken));
            }

            while (pending.Count > 0)
            {
                foreach (var row in await NextAsync())
                {
                    yield return row;
                }
            }
        }
        finally
        {
            await either.CancelAsync();
            await Task.WhenAll(pending.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<IReadOnlyList<ImportRow>> NextAsync()
        {
            var (read, found) = await pending.Dequeue();
            if (found is null && CutAfter is null)
            {
                CutAfter = lastLine;
                await either.CancelAsync();
            }

            lastLine = read[^1].Line;
            return CutAfter is null ? found! : read;
        }
    }

    private async Task<Compared> CompareAsync(ImportRow[] rows, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            var people = rows.Where(row => !row.IsInvalid).ToArray();
            var emails = TakenAsync("emailKey", people.Select(EmailOf), patience);
            var userNames = TakenAsync("userNameKey", people.Select(UserNameOf), patience);
            var externalIds = TakenAsync("externalId", people.Select(row => row.ExternalId).OfType<string>(), patience);

            // A query that hangs is not waited for, whatever its client makes of the token.
            await Task.WhenAll(emails, userNames, externalIds).WaitAsync(patience);
            var (ofEmails, ofUserNames, ofExternalIds) = (await emails, await userNames, await externalIds);
            return new Compared(rows, [.. rows.Select(row => row.IsInvalid ? row : row with { Notice = Notice(row) })]);

            string? Notice(ImportRow row) =>
                ofEmails.Contains(EmailOf(row)) ? $"{ImportColumns.Email}: {ImportTexts.IsThere}"
                : ofUserNames.Contains(UserNameOf(row)) ? $"{ImportColumns.UserName}: {ImportTexts.IsThere}"
                : row.ExternalId is { } id && ofExternalIds.Contains(id) ? $"{ImportColumns.ExternalId}: {ImportTexts.IsThereToo}"
                : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Compared(rows, Found: null);
        }
        catch (CosmosException exception)
        {
            Log.Cut(logger, exception);
            return new Compared(rows, Found: null);
        }
    }

    /// <summary>Those of some values that a user of the tenant has who did not leave. Only users have these members.</summary>
    private async Task<HashSet<string>> TakenAsync(string member, IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var taken = new HashSet<string>();
        var parameters = values.Distinct().Select((value, index) => (Name: FormattableString.Invariant($"@value{index}"), Value: (object)value)).ToArray();
        if (parameters.Length == 0)
        {
            return taken;
        }

        var query =
            $"""
            SELECT VALUE c.{member} FROM c
            WHERE c.tenantId = @tenantId AND c.{member} IN ({string.Join(", ", parameters.Select(parameter => parameter.Name))})
            AND (NOT IS_DEFINED(c.leftAt) OR IS_NULL(c.leftAt))
            """;
        await foreach (var value in identities.TenantStreamAsync<string>(tenantId, query, parameters, cancellationToken))
        {
            taken.Add(value);
        }

        return taken;
    }

    private static string EmailOf(ImportRow row) => FoldedNames.Fold(row.Email);

    private static string UserNameOf(ImportRow row) => FoldedNames.Fold(row.UserName ?? row.Email);

    /// <summary>A portion.</summary>
    /// <param name="Read">As it was read.</param>
    /// <param name="Found">With notices; null when it could not be compared.</param>
    private sealed record Compared(ImportRow[] Read, ImportRow[]? Found);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The rows of an import cannot be compared with the directory now; the import itself does it.")]
        public static partial void Cut(ILogger logger, Exception exception);
    }
}
