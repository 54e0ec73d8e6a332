namespace BlokSec.Infra.Tests;

/// <summary>A copy of <c>infra/</c> that a tool may write into; gone afterwards.</summary>
internal sealed class InfraCopy : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bloksec-infra-");

    public InfraCopy()
    {
        var source = Repository.PathOf("infra");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder => folder.FullName;

    public void Dispose() => folder.Delete(recursive: true);
}
