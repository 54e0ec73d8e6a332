using System.Text;
using System.Text.RegularExpressions;
using BlokSec.Local.Demo;
using QRCoder;

namespace BlokSec.Local.Tests.Demo;

public sealed class TerminalTests
{
    private const string Link = "https://app.example.com/claim#contoso.ada.Q29kZS1vZi0xMjgtYml0cw";
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false, null, null, false)]
    [InlineData(true, "1", null, false)]
    [InlineData(true, null, "dumb", false)]
    [InlineData(true, "", "xterm-256color", true)]
    [InlineData(true, null, "xterm-256color", true)]
    public void Escape_sequences_are_written_only_for_a_terminal_that_wants_them(bool isTerminal, string? noColor, string? term, bool expected)
    {
        var output = new Utf8Writer();
        var terminal = Terminal.Create(output, isTerminal, name => name == "NO_COLOR" ? noColor : name == "TERM" ? term : null);

        terminal.Title("Title");
        terminal.Heading(1, 2, "Step");
        terminal.Tick("held");
        terminal.Cross("broken");
        terminal.Table(["Device"], [["iPhone"]]);
        terminal.Qr(Link);

        Assert.Equal(expected, output.ToString().Contains('\e', StringComparison.Ordinal));
    }

    [Fact]
    public void Text_with_brackets_is_no_markup()
    {
        var told = Tell(terminal =>
        {
            terminal.Say("[red]not red[/] [link");
            terminal.Table(["[a]"], [["[b]"]]);
        });

        Assert.Contains("[red]not red[/] [link", told, StringComparison.Ordinal);
        Assert.Contains("[a]", told, StringComparison.Ordinal);
        Assert.Contains("[b]", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_timeline_is_in_order_and_counts_from_its_first_entry()
    {
        var told = Tell(terminal => terminal.Timeline(
        [
            new TimelineEntry(Start.AddSeconds(1.5), "Push accepted", "by APNs"),
            new TimelineEntry(Start, "Blocked"),
            new TimelineEntry(Start.AddSeconds(12.25), "Confirmed"),
        ]));

        Assert.Equal(
            ["   +  0.00 s  ● Blocked", "   +  1.50 s  ● Push accepted (by APNs)", "   + 12.25 s  ● Confirmed"],
            told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));
    }

    [Fact]
    public void Long_lines_of_a_log_are_not_wrapped()
    {
        var line = $"device {new string('x', 120)}";

        Assert.Contains(line, Tell(terminal => terminal.Say(line)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_drawn_QR_code_has_the_modules_of_its_text_and_a_quiet_zone(bool blocks, bool darkOnLight)
    {
        using var data = QRCodeGenerator.GenerateQrCode(Link, QRCodeGenerator.ECCLevel.M);
        var size = data.ModuleMatrix.Count;

        var drawing = QrDrawing.Of(Link, blocks, darkOnLight);

        Assert.All(drawing.Lines, line => Assert.Equal(drawing.Width, line.Length));
        Assert.Equal(blocks ? (size + 1) / 2 : size, drawing.Lines.Count);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                var dark = Ink(drawing, blocks, row, column) == darkOnLight;
                Assert.Equal(data.ModuleMatrix[row][column], dark);
                Assert.False(dark && (row < 4 || column < 4 || row >= size - 4 || column >= size - 4));
            }
        }
    }

    [Fact]
    public void A_QR_code_is_told_in_plain_text_too()
    {
        var lines = QrDrawing.Of(Link, blocks: true, darkOnLight: false).Lines;

        Assert.Contains(string.Join('\n', lines), Tell(terminal => terminal.Qr(Link)), StringComparison.Ordinal);
    }

    [Fact]
    public void In_colour_a_QR_code_is_black_on_white_up_to_its_edges()
    {
        var output = new Utf8Writer();
        Terminal.Create(output, isTerminal: true, name => name == "TERM" ? "xterm-256color" : null).Qr(Link);

        var drawn = Regex.Replace(output.ToString().ReplaceLineEndings("\n"), "\e\\[[0-9;]*m", "");

        Assert.Equal(QrDrawing.Of(Link, blocks: true, darkOnLight: true).Lines, drawn.TrimEnd('\n').Split('\n'));
    }

    private static bool Ink(QrDrawing drawing, bool blocks, int row, int column)
    {
        if (!blocks)
        {
            return drawing.Lines[row].Substring(2 * column, 2) == "##";
        }

        var shown = drawing.Lines[row / 2][column];
        return shown == '█' || shown == (row % 2 == 0 ? '▀' : '▄');
    }

    private static string Tell(Action<Terminal> tell)
    {
        var output = new Utf8Writer();
        tell(Terminal.Create(output, isTerminal: false, _ => null));
        return output.ToString().ReplaceLineEndings("\n");
    }

    private sealed class Utf8Writer : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
