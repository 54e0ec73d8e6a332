using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace BlokSec.Functions.AuditChain;

/// <summary>A blob container with an immutability policy.</summary>
internal sealed class BlobRootStore(BlobContainerClient folder) : IRootStore
{
    /// <summary>More than a root has.</summary>
    private const int MaxBytes = 8_192;

    public bool IsOutOfReach => true;

    public async Task<string> KeepAsync(string tenantId, long number, string root, CancellationToken cancellationToken)
    {
        try
        {
            await folder.GetBlobClient(RootNames.Of(tenantId, number)).UploadAsync(
                BinaryData.FromString(root),
                new BlobUploadOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    HttpHeaders = new BlobHttpHeaders { ContentType = "application/jose" },
                },
                cancellationToken);
            return root;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            // There is one already, written by another instance or before this one was killed; nobody can delete it.
            return await ReadAsync(tenantId, number, cancellationToken) ?? root;
        }
    }

    public async Task<string?> ReadAsync(string tenantId, long number, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await folder.GetBlobClient(RootNames.Of(tenantId, number)).DownloadContentAsync(cancellationToken);
            return answer.Value.Details.ContentLength > MaxBytes ? "" : answer.Value.Content.ToString();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    public IAsyncEnumerable<long> ListAsync(string tenantId, CancellationToken cancellationToken) => NumbersAsync($"{tenantId}/", cancellationToken);

    public async IAsyncEnumerable<long> ListAsync(string tenantId, long first, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var prefix in RootNames.PrefixesOf(tenantId, first, last))
        {
            await foreach (var number in NumbersAsync(prefix, cancellationToken))
            {
                if (number >= first && number <= last)
                {
                    yield return number;
                }
            }
        }
    }

    public async IAsyncEnumerable<string> TenantsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in folder.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", prefix: null, cancellationToken))
        {
            if (item.IsPrefix)
            {
                yield return item.Prefix.TrimEnd('/');
            }
        }
    }

    private async IAsyncEnumerable<long> NumbersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in folder.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            if (RootNames.NumberOf(blob.Name) is { } number)
            {
                yield return number;
            }
        }
    }
}
