using System.CommandLine;
using BlokSec.Verify.Jose;

namespace BlokSec.Verify;

/// <summary>A command that checks one file with a key set, and says what it proves.</summary>
internal static class VerificationCommand
{
    /// <summary>Bytes of a file that are read; whatever is larger is none of ours.</summary>
    private const int LargestFile = 1 << 20;

    /// <summary>Makes the command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="file">What its file is.</param>
    /// <param name="verify">Checks the text of the file.</param>
    public static Command Create(string name, string description, string file, Func<string, KeySet, Verdict> verify)
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
            if (Read(parsed.GetRequiredValue(path), error) is not { } text || Read(parsed.GetRequiredValue(keys), error) is not { } set)
            {
                return ExitCodes.BadUse;
            }

            if (!KeySet.TryRead(set, out var known, out var fault))
            {
                error.WriteLine($"{parsed.GetRequiredValue(keys).Name}: {fault}");
                return ExitCodes.BadUse;
            }

            var verdict = verify(text.Trim(), known);
            output.WriteLine(parsed.GetValue(json) ? verdict.ToJson() : verdict.ToText());
            return verdict.IsProven ? ExitCodes.Proven : ExitCodes.NotProven;
        });
        return command;
    }

    private static string? Read(FileInfo file, TextWriter error)
    {
        try
        {
            if (file.Length <= LargestFile)
            {
                return File.ReadAllText(file.FullName);
            }

            error.WriteLine($"{file.Name} is larger than {LargestFile} bytes.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{file.Name} cannot be read: {exception.Message}");
        }

        return null;
    }
}
