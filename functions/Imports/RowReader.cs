namespace BlokSec.Functions.Imports;

/// <summary>Hands out text to a parser of rows, and gives up when it asks for more than a row can have before it has one.</summary>
/// <param name="text">The text.</param>
/// <param name="maxRow">Characters of a row.</param>
internal sealed class RowReader(TextReader text, int maxRow) : TextReader
{
    private int read;

    /// <summary>From here on another row is read.</summary>
    public void BeginRow() => read = 0;

    public override int Peek() => text.Peek();

    public override int Read() => text.Read();

    /// <exception cref="ImportFileException">The row is too long.</exception>
    public override int Read(char[] buffer, int index, int count)
    {
        if (read > maxRow)
        {
            throw new ImportFileException($"A row has more than {maxRow} characters. Perhaps a quote is not closed.");
        }

        var characters = text.Read(buffer, index, count);
        read += characters;
        return characters;
    }

    /// <summary>The text is in memory: there is nothing to wait for.</summary>
    public override Task<int> ReadAsync(char[] buffer, int index, int count) => Task.FromResult(Read(buffer, index, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            text.Dispose();
        }

        base.Dispose(disposing);
    }
}
