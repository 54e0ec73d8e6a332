using System.Runtime.CompilerServices;

namespace BlokSec.Functions.Csv;

/// <summary>A list as CSV (RFC 4180): a header, a row for each item.</summary>
/// <param name="columns">What each column is called and holds.</param>
internal sealed class CsvTable<T>(params (string Name, Func<T, string?> Value)[] columns)
{
    public string Header { get; } = CsvText.Line(columns.Select(column => column.Name));

    public string Row(T item) => CsvText.Line(columns.Select(column => column.Value(item)));

    /// <summary>A row that says something of the whole list.</summary>
    public string Note(string text) => CsvText.Line([text, .. columns.Skip(1).Select(_ => (string?)null)]);

    /// <summary>The whole list, of which memory holds a page at a time; a last row tells of items that cannot be read.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="parts">What a page holds, how many of its items cannot be read, and where the next one begins; null at the end.</param>
    /// <param name="next">Reads a further page.</param>
    /// <param name="incomplete">What is said of so many items that cannot be read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<string> LinesAsync<TPage>(
        TPage first,
        Func<TPage, (IEnumerable<T> Items, int Unreadable, string? Next)> parts,
        Func<string, CancellationToken, Task<TPage>> next,
        Func<int, string> incomplete,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return Header;
        var all = 0;
        for (var page = first; ;)
        {
            var (items, unreadable, after) = parts(page);
            foreach (var item in items)
            {
                yield return Row(item);
            }

            all += unreadable;
            if (after is null)
            {
                break;
            }

            page = await next(after, cancellationToken);
        }

        if (all > 0)
        {
            yield return Note(incomplete(all));
        }
    }
}
