using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuditChain;

/// <summary>A folder, on a laptop.</summary>
internal sealed class FolderRootStore(IOptions<AuditRootOptions> options) : IRootStore
{
    public bool IsOutOfReach => true;

    public async Task<string> KeepAsync(string tenantId, long number, string root, CancellationToken cancellationToken)
    {
        var path = PathOf(RootNames.Of(tenantId, number));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var whole = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(whole, root, Encoding.ASCII, cancellationToken);
        try
        {
            File.Move(whole, path, overwrite: false);
            return root;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(whole);
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
    }

    public async Task<string?> ReadAsync(string tenantId, long number, CancellationToken cancellationToken) =>
        PathOf(RootNames.Of(tenantId, number)) is var path && File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : null;

    public IAsyncEnumerable<long> ListAsync(string tenantId, CancellationToken cancellationToken) => Directory.Exists(PathOf(tenantId))
        ? Directory.EnumerateFiles(PathOf(tenantId)).Select(file => RootNames.NumberOf(Path.GetFileName(file))).OfType<long>().Order().ToAsyncEnumerable()
        : AsyncEnumerable.Empty<long>();

    public IAsyncEnumerable<long> ListAsync(string tenantId, long first, long last, CancellationToken cancellationToken)
    {
        var blocks = new List<long>();
        for (var number = first; number <= last; number++)
        {
            if (File.Exists(PathOf(RootNames.Of(tenantId, number))))
            {
                blocks.Add(number);
            }
        }

        return blocks.ToAsyncEnumerable();
    }

    public IAsyncEnumerable<string> TenantsAsync(CancellationToken cancellationToken) => Directory.Exists(options.Value.Folder)
        ? Directory.EnumerateDirectories(options.Value.Folder).Select(path => Path.GetFileName(path)).ToAsyncEnumerable()
        : AsyncEnumerable.Empty<string>();

    private string PathOf(string name) => Path.Combine(options.Value.Folder!, name);
}
