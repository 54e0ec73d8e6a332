using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Imports;
using CsCheck;

namespace BlokSec.Functions.Tests.UserImports;

public sealed class ImportFileTests
{
    private const string Header = "givenName,familyName,email,mobile,externalId,userName";

    private static readonly string[] Beginnings = ["", Header, $"{Header}\n", "email;givenName;familyName\n"];

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    [Theory]
    [InlineData("Vorname;Nachname;E-Mail;Mobiltelefon\r\nJürgen;Groß;juergen@example.com;+49 151 23456789\r\n", ';')]
    [InlineData("Prénom;Nom;Adresse e-mail;Téléphone portable\r\nJürgen;Groß;juergen@example.com;+49 151 23456789\r\n", ';')]
    [InlineData("Nombre\tApellidos\tCorreo electrónico\tTeléfono móvil\r\nJürgen\tGroß\tjuergen@example.com\t+49 151 23456789\r\n", '\t')]
    [InlineData("First Name,Last Name,E-mail Address,Mobile Phone\nJürgen,Groß,juergen@example.com,+49 151 23456789", ',')]
    [InlineData("sep=;\r\nVorname;Nachname;E-Mail;Handy\r\nJürgen;Groß;juergen@example.com;0049 151 23456789\r\n", ';')]
    public async Task A_spreadsheet_in_any_language_is_read(string text, char separator)
    {
        Assert.Contains(separator, text);
        foreach (var bytes in (byte[][])[Encoding.UTF8.GetBytes(text), [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)], [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]])
        {
            var row = Assert.Single(await RowsAsync(bytes));
            Assert.Equal(("Jürgen", "Groß", "juergen@example.com", "+4915123456789", null), (row.GivenName, row.FamilyName, row.Email, row.Mobile, row.Fault));
        }

        Assert.Equal("Groß", Assert.Single(await RowsAsync(Windows1252.GetBytes(text), codePage: 1252)).FamilyName);
    }

    [Fact]
    public async Task A_file_in_an_old_code_page_is_refused_with_what_to_do()
    {
        var exception = await Assert.ThrowsAsync<ImportFileException>(() => RowsAsync(Windows1252.GetBytes($"{Header}\nJürgen,Groß,j@example.com,,,\n")));
        Assert.Contains("CSV UTF-8", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotes_separators_and_line_ends_inside_cells_are_part_of_them()
    {
        var rows = await RowsAsync($"{Header}\r\n\"O\"\"Brien, Jr.\",Byron,ada@example.com,,\"a;b\",\r\n\r\n,,,,,\r\nBea,\"Byr\r\non\",bea@example.com,,,\r\n");

        Assert.Equal(2, rows.Count);
        Assert.Equal(("O\"Brien, Jr.", "a;b", null, 2), (rows[0].GivenName, rows[0].ExternalId, rows[0].Fault, rows[0].Line));
        Assert.StartsWith("familyName:", rows[1].Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ada,Byron,ada,,,", "email: is an email address")]
    [InlineData("Ada,Byron,,,,", "email:")]
    [InlineData(",Byron,ada@example.com,,,", "givenName:")]
    [InlineData("Ada,Byron,ada@example.com,555,,", "mobile:")]
    [InlineData("Ada,Byron\u202e,ada@example.com,,,", "familyName:")]
    [InlineData("Ada,Byron,ada@example.com,,,,more", "row:")]
    public async Task A_row_that_is_wrong_says_which_column_and_why(string line, string fault)
    {
        var rows = await RowsAsync($"{Header}\n{line}\nBea,Byron,bea@example.com,,,\n");

        Assert.StartsWith(fault, rows[0].Fault, StringComparison.Ordinal);
        Assert.Null(rows[1].Fault);
    }

    [Fact]
    public async Task The_second_of_two_with_one_address_is_wrong()
    {
        var rows = await RowsAsync($"{Header}\nAda,Byron,ada@example.com,,,\nAda,Byron,ADA@Example.com,,,\nBea,Byron,bea@example.com,,,ada@example.com\n");

        Assert.Equal([null, "email: stands in an earlier row, too", "userName: stands in an earlier row, too"], rows.Select(row => row.Fault));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\r\n\r\n", "empty")]
    [InlineData("givenName,familyName\nAda,Byron\n", "missing: email")]
    [InlineData("name;mail\nAda;ada@example.com\n", "missing: givenName, familyName")]
    public async Task A_file_without_the_columns_is_refused_by_name(string text, string reason)
    {
        var exception = await Assert.ThrowsAsync<ImportFileException>(() => RowsAsync(text));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_does_not_swallow_the_file()
    {
        var text = $"{Header}\nAda,\"Byron,ada@example.com,,,\n{string.Concat(Enumerable.Repeat("Bea,Byron,bea@example.com,,,\n", 5_000))}";
        var exception = await Assert.ThrowsAsync<ImportFileException>(() => RowsAsync(text));
        Assert.Contains("quote", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sep=\"\n")]
    [InlineData("sep=a\n")]
    [InlineData("sep= \n")]
    [InlineData("sep=\u0000\n")]
    public async Task A_separator_that_separates_nothing_is_refused(string begin) =>
        await Assert.ThrowsAsync<ImportFileException>(() => RowsAsync($"{begin}{Header}\nAda,Byron,ada@example.com,,,\n"));

    /// <summary>The largest file that is taken, as one row of empty cells, of quotes, or of cells with line ends.</summary>
    [Theory]
    [InlineData(",")]
    [InlineData("\"")]
    [InlineData("\"\",")]
    [InlineData("\"\n\",")]
    [InlineData("x")]
    public void I14_a_row_without_end_is_given_up_before_it_costs_memory(string again)
    {
        const long most = 100 * 1024 * 1024;
        foreach (var begin in (string[])["", $"{Header}\n"])
        {
            var bytes = Encoding.UTF8.GetBytes(begin + string.Concat(Enumerable.Repeat(again, (ImportLimits.MaxBytes - begin.Length) / again.Length)));
            var before = GC.GetAllocatedBytesForCurrentThread();

            var reading = RowsAsync(bytes);

            Assert.IsType<ImportFileException>(reading.Exception?.InnerException);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
        }
    }

    /// <summary>Whatever bytes come: rows, or a fault that says what to do; never another exception, never a row of unbounded size.</summary>
    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Select(Gen.Int[0, 3].Select(index => Beginnings[index]), Gen.Byte.Array[0, 400])
        .Sample(file =>
        {
            try
            {
                var rows = RowsAsync([.. Encoding.UTF8.GetBytes(file.Item1), .. file.Item2]).GetAwaiter().GetResult();
                return rows.All(row => (row.GivenName + row.FamilyName + row.Email).Length < 3_000);
            }
            catch (ImportFileException exception)
            {
                return exception.Message.Length is > 0 and < 500;
            }
        });

    private static Task<List<ImportRow>> RowsAsync(string text) => RowsAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<List<ImportRow>> RowsAsync(byte[] bytes, int? codePage = null)
    {
        using var stream = new MemoryStream(bytes);
        using var file = ImportFile.Open(stream, codePage);
        return await file.RowsAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }
}
