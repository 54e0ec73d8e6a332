using System.Text;
using QRCoder;

namespace BlokSec.Local.Demo;

/// <summary>A QR code drawn with characters: two modules above each other make one half-block character, so that modules are square.</summary>
/// <param name="Lines">The lines, all of the same width.</param>
internal sealed record QrDrawing(IReadOnlyList<string> Lines)
{
    /// <summary>Width in characters.</summary>
    public int Width => Lines[0].Length;

    /// <summary>Draws a text, with the quiet zone of four modules that ISO/IEC 18004 asks for.</summary>
    /// <param name="text">What the code says.</param>
    /// <param name="blocks">Whether half blocks can be shown; else two characters stand for a module.</param>
    /// <param name="darkOnLight">
    /// Whether the ink is dark on a light ground. Without colours it is the other way round, as most terminals are dark: there the ink is
    /// the light part of the code.
    /// </param>
    public static QrDrawing Of(string text, bool blocks, bool darkOnLight)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var modules = data.ModuleMatrix;
        return new QrDrawing(blocks ? HalfBlocks(Ink, modules.Count) : Wide(Ink, modules.Count));

        bool Ink(int row, int column) => row < modules.Count ? modules[row][column] == darkOnLight : !darkOnLight;
    }

    private static List<string> HalfBlocks(Func<int, int, bool> ink, int size)
    {
        var lines = new List<string>();
        for (var row = 0; row < size; row += 2)
        {
            var line = new StringBuilder(size);
            for (var column = 0; column < size; column++)
            {
                line.Append((ink(row, column), ink(row + 1, column)) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    private static List<string> Wide(Func<int, int, bool> ink, int size) =>
    [
        .. Enumerable.Range(0, size).Select(row =>
            string.Concat(Enumerable.Range(0, size).Select(column => ink(row, column) ? "##" : "  "))),
    ];
}
