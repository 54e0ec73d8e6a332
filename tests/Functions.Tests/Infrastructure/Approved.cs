using System.Reflection;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>Texts that were looked at and committed: what is said to the outside changes only on purpose.</summary>
internal static class Approved
{
    public static readonly string Repository = typeof(Approved).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "RepositoryFolder").Value!;

    /// <summary>A file of the repository, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository, path)).ReplaceLineEndings("\n");

    /// <summary>Compares a text with the committed file; writes it beside it when they differ, so that approving is one move.</summary>
    /// <param name="path">The file, from the root of the repository.</param>
    /// <param name="text">What is so now.</param>
    public static void Equal(string path, string text)
    {
        var file = Path.Combine(Repository, path);
        var received = $"{file}.received";
        File.Delete(received);
        var approved = File.Exists(file) ? Read(path) : "";
        if (approved != text)
        {
            File.WriteAllText(received, text);
            Assert.Fail($"{path} is not so any more, {FirstDifference(approved, text)}\nIf that is meant: mv {received} {file}");
        }
    }

    private static string FirstDifference(string approved, string text)
    {
        var (before, now) = (approved.Split('\n'), text.Split('\n'));
        var line = before.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"first in line {line + 1}:\n  approved: {before.ElementAtOrDefault(line)}\n  now:      {now.ElementAtOrDefault(line)}";
    }
}
