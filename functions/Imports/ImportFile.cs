using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BlokSec.Contracts;
using CsvHelper;
using CsvHelper.Configuration;

namespace BlokSec.Functions.Imports;

/// <summary>A file that cannot be read at all.</summary>
/// <param name="reason">What is wrong and what to do.</param>
internal sealed class ImportFileException(string reason) : Exception(reason);

/// <summary>
/// Reads a file of people, row by row: CSV as RFC 4180 has it and as spreadsheets write it, with comma, semicolon or tab, in UTF-8 with or without
/// byte order mark, in UTF-16 with one, or in the code page that the caller names.
/// </summary>
internal sealed class ImportFile : IDisposable
{
    /// <summary>Characters of the text that is shown of a cell that is wrong.</summary>
    private const int MaxShown = 100;

    /// <summary>Characters of a cell and of the header; a longer one is no person's.</summary>
    private const int MaxCell = 1_000;

    private const int MaxColumns = 100;

    /// <summary>Characters of a row. Memory grows with the cells of a row, and a file may be one row of millions of empty cells.</summary>
    private const int MaxRow = 2 * MaxColumns * MaxCell;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly RowReader reader;
    private readonly CsvReader csv;
    private readonly Dictionary<string, int> places;
    private readonly HashSet<string> emails = [];
    private readonly HashSet<string> userNames = [];
    private readonly HashSet<(string? ApplicationId, string Name)> accounts = [];
    private readonly int[] accountPlaces;

    private ImportFile(RowReader reader, CsvReader csv, IReadOnlyList<ImportColumn> columns)
    {
        (this.reader, this.csv, Columns) = (reader, csv, columns);
        accountPlaces = [.. columns.Index().Where(column => column.Item.Field == ImportColumn.Account).Select(column => column.Index)];
        places = columns.Index().Where(column => column.Item.Field is not (null or ImportColumn.Account)).ToDictionary(column => column.Item.Field!, column => column.Index);
    }

    /// <summary>What the columns are; account columns are to be given their applications before rows are read.</summary>
    public IReadOnlyList<ImportColumn> Columns { get; set; }

    /// <summary>The headers as they stand in the file.</summary>
    public IReadOnlyList<string> Headers => [.. csv.HeaderRecord!.Select(name => name.Trim())];

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="file">The whole file; it stays open.</param>
    /// <param name="codePage">The Windows code page of a file without byte order mark, such as 1252; null for UTF-8.</param>
    /// <exception cref="ImportFileException">It is no such file, or a column is missing.</exception>
    public static ImportFile Open(MemoryStream file, int? codePage)
    {
        var encoding = codePage is { } number ? CodePagesEncodingProvider.Instance.GetEncoding(number) ?? StrictUtf8 : StrictUtf8;
        var separator = Separator(file, encoding, out var skipped);
        var reader = new RowReader(new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: -1, leaveOpen: true), MaxRow);
        for (var line = 0; line < skipped; line++)
        {
            reader.ReadLine();
        }

        var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            BadDataFound = null,
            MissingFieldFound = null,
            DetectColumnCountChanges = false,
            IgnoreBlankLines = true,
            MaxFieldSize = MaxCell,
        });
        try
        {
            return Of(reader, csv);
        }
        catch
        {
            csv.Dispose();
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The rows, in the order of the file.</summary>
    /// <exception cref="ImportFileException">It cannot be read on.</exception>
    public async IAsyncEnumerable<ImportRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await NextAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (csv.Parser.Record is { } cells && Array.Exists(cells, cell => !string.IsNullOrWhiteSpace(cell)))
            {
                yield return Row(csv.Parser.RawRow, cells);
            }
        }
    }

    public void Dispose()
    {
        csv.Dispose();
        reader.Dispose();
    }

    private static ImportFile Of(RowReader reader, CsvReader csv)
    {
        try
        {
            reader.BeginRow();
            if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header)
            {
                throw new ImportFileException("The file is empty. Its first line names the columns: givenName, familyName, email, and if you like mobile, externalId, userName, department and account: followed by an application.");
            }

            if (header.Length > MaxColumns)
            {
                throw new ImportFileException($"The file has more than {MaxColumns} columns.");
            }

            var columns = ImportColumns.Of([.. header.Select(name => name.Trim())]);
            var missing = ImportColumns.Needed.Except(columns.Select(column => column.Field)).ToList();
            return missing.Count == 0
                ? new ImportFile(reader, csv, [.. columns.Select(column => column with { Header = ImportTexts.Shown(column.Header, MaxShown) })])
                : throw new ImportFileException($"The first line must name the columns; missing: {string.Join(", ", missing)}. What stands there: {ImportTexts.Shown(string.Join(", ", header), MaxShown)}");
        }
        catch (Exception exception) when (Fault(exception) is { } fault)
        {
            throw new ImportFileException(fault);
        }
    }

    private async Task<bool> NextAsync()
    {
        reader.BeginRow();
        try
        {
            return await csv.ReadAsync();
        }
        catch (Exception exception) when (Fault(exception) is { } fault)
        {
            throw new ImportFileException(fault);
        }
    }

    private static string? Fault(Exception exception) => exception switch
    {
        DecoderFallbackException => "The file is not in UTF-8. In Excel, save it as \"CSV UTF-8\", or say which code page it has.",
        MaxFieldSizeException => $"A cell has more than {MaxCell} characters. Perhaps a quote is not closed.",
        CsvHelperException => "The file is not CSV: a quote stands where it cannot be read.",
        _ => null,
    };

    private ImportRow Row(int line, string[] cells)
    {
        var row = new ImportRow(line, Cell(ImportColumns.GivenName) ?? "", Cell(ImportColumns.FamilyName) ?? "", Cell(ImportColumns.Email) ?? "")
        {
            Mobile = Cell(ImportColumns.Mobile),
            ExternalId = Cell(ImportColumns.ExternalId),
            UserName = Cell(ImportColumns.UserName),
            Department = Cell(ImportColumns.Department),
            Accounts = Array.Exists(accountPlaces, place => At(place) is not null) ? [.. accountPlaces.Select(At)] : null,
        };
        var checkedRow = ImportTexts.Checked(row, cells.Length > Columns.Count, emails, userNames);
        return checkedRow is { IsInvalid: false, Accounts: not null } ? AccountTexts.Checked(checkedRow, AccountColumns.Of(Columns), accounts) : checkedRow;

        string? Cell(string field) => places.TryGetValue(field, out var place) ? At(place) : null;

        string? At(int place) => place < cells.Length && cells[place].Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>What separates cells: what stands most often in the first line outside quotes, or what a line <c>sep=;</c> says, which Excel writes.</summary>
    private static char Separator(MemoryStream file, Encoding encoding, out int skipped)
    {
        file.Position = 0;
        using var reader = new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: -1, leaveOpen: true);
        var begin = new char[MaxRow];
        string line;
        try
        {
            var text = begin.AsSpan(0, reader.ReadBlock(begin));
            line = text[..(text.IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length)].ToString();
        }
        catch (DecoderFallbackException exception)
        {
            throw new ImportFileException(Fault(exception)!);
        }
        finally
        {
            file.Position = 0;
        }

        skipped = 0;
        if (line is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', (',' or ';' or '\t' or '|') and var told])
        {
            skipped = 1;
            return told;
        }

        var outside = line.Split('"').Where((_, index) => index % 2 == 0).ToList();
        return ((char[])[',', ';', '\t']).MaxBy(separator => outside.Sum(part => part.Count(character => character == separator)));
    }
}
