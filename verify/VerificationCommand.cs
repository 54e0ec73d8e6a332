using System.CommandLine;
using System.Globalization;
using BlokSec.Verify.Jose;

namespace BlokSec.Verify;

/// <summary>A command that checks one file with a key set, and says what it proves.</summary>
internal static class VerificationCommand
{
    /// <summary>Bytes of a file that is read as a whole; whatever is larger is none of ours.</summary>
    private const int LargestFile = 1 << 20;

    /// <summary>Bytes of a file that is read line by line.</summary>
    private const long LargestLines = 1L << 36;

    /// <summary>Makes a command whose file is one text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="file">What its file is.</param>
    /// <param name="verify">Checks the text of the file.</param>
    public static Command Create(string name, string description, string file, Func<string, KeySet, Verdict> verify) => Make(
        name,
        description,
        file,
        (document, keys, error) => Read(document, LargestFile, error, reader => verify(reader.ReadToEnd().Trim(), keys)));

    /// <summary>Makes a command whose file is as long as it likes, and is read line by line.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="file">What its file is.</param>
    /// <param name="verify">Checks the lines of the file.</param>
    public static Command CreateForLines(string name, string description, string file, Func<TextReader, KeySet, Verdict> verify) => Make(
        name,
        description,
        file,
        (document, keys, error) => Read(document, LargestLines, error, reader => verify(reader, keys)));

    private static Command Make(string name, string description, string file, Func<FileInfo, KeySet, TextWriter, Verdict?> verify)
    {
        var path = new Argument<FileInfo>("FILE") { Description = file };
        var keys = new Option<FileInfo>("--keys")
        {
            Description = "The service's key set: what https://{API}/api/.well-known/jwks.json answered.",
            Required = true,
        };
        var json = new Option<bool>("--json") { Description = "Answers as JSON." };
        var command = new Command(name, description) { path, keys, json };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (Read(parsed.GetRequiredValue(keys), LargestFile, error, reader => reader.ReadToEnd()) is not { } set)
            {
                return ExitCodes.BadUse;
            }

            if (!KeySet.TryRead(set, out var known, out var fault))
            {
                error.WriteLine($"{parsed.GetRequiredValue(keys).Name}: {fault}");
                return ExitCodes.BadUse;
            }

            if (verify(parsed.GetRequiredValue(path), known, error) is not { } verdict)
            {
                return ExitCodes.BadUse;
            }

            output.WriteLine(parsed.GetValue(json) ? verdict.ToJson() : verdict.ToText());
            return verdict.IsProven ? ExitCodes.Proven : ExitCodes.NotProven;
        });
        return command;
    }

    private static T? Read<T>(FileInfo file, long largest, TextWriter error, Func<TextReader, T> read)
        where T : class
    {
        try
        {
            if (file.Length <= largest)
            {
                using var reader = new StreamReader(file.FullName);
                return read(reader);
            }

            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Name} is larger than {largest} bytes."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{file.Name} cannot be read: {exception.Message}");
        }

        return null;
    }
}
