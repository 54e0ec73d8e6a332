using BlokSec.Local.Live;

namespace BlokSec.Local;

/// <summary>
/// The folder of a local system. Whoever locked it is the only one that reads, writes or clears it. What is wrong with it is told in one
/// sentence that names the file and what to do.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private const string LockName = "lock";
    private const string PhonesName = "phones";

    /// <summary>The signed roots of the audits, a folder for each tenant; see <see cref="LocalSettings"/>.</summary>
    public const string RootsName = "audit-roots";

    /// <summary>What a local system writes. Nothing else in the folder is ever deleted.</summary>
    private static readonly string[] Ours =
    [
        LocalKeys.FileName, "signin-keys.json", AppEnvironment.FileName, AppOutput.FileName,
        "cosmos.db", "cosmos.db-wal", "cosmos.db-shm", "servicebus.db", "servicebus.db-wal", "servicebus.db-shm",
    ];

    // What a file that somebody holds is answered with: EAGAIN of Linux, of macOS, and Windows' sharing violation
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream held;

    private StateFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Makes the folder where there is none, and takes it.</summary>
    /// <exception cref="InvalidDataException">Another system has it, or it cannot be written.</exception>
    public static StateFolder Take(string path)
    {
        if (File.Exists(path))
        {
            throw new InvalidDataException($"{path} is a file, but the local system needs a folder of that name: move the file away.");
        }

        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            Directory.CreateDirectory(path);
            return new StateFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (HeldByAnother.Contains(exception.HResult))
        {
            throw new InvalidDataException(
                $"Another local system runs with the data in {path}: stop that one, or start this one beside it on other ports with -- --port-base N.",
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(file, exception);
        }
    }

    /// <summary>Deletes what earlier runs left.</summary>
    /// <exception cref="InvalidDataException">Something cannot be deleted.</exception>
    public void Clear()
    {
        foreach (var file in Files())
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(file, exception);
            }
        }
    }

    /// <summary>Finds out at the start, instead of in the middle of a transaction, whether everything can be written.</summary>
    /// <exception cref="InvalidDataException">Something cannot be written.</exception>
    public void CheckWritable()
    {
        foreach (var file in Files())
        {
            try
            {
                using var opened = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(file, exception);
            }
        }
    }

    public void Dispose() => held.Dispose();

    private IEnumerable<string> Files()
    {
        var phones = System.IO.Path.Combine(Path, PhonesName);
        var roots = System.IO.Path.Combine(Path, RootsName);
        return Ours.Select(name => System.IO.Path.Combine(Path, name)).Where(System.IO.Path.Exists)
            .Concat(Directory.Exists(phones) ? Directory.EnumerateFiles(phones) : [])
            .Concat(Directory.Exists(roots) ? Directory.EnumerateFiles(roots, "*", SearchOption.AllDirectories) : []);
    }

    private static InvalidDataException NotWritable(string file, Exception exception) => new(
        $"{file} cannot be written ({exception.Message.TrimEnd('.')}): give yourself the right to write there, or delete {System.IO.Path.GetDirectoryName(file)}.",
        exception);
}
