using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuditChain;

/// <summary>The chains that audit entries are sealed into.</summary>
internal static class AuditChainFeature
{
    public static void AddAuditChain(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<AuditRootOptions, AuditRootOptions.Validator>(AuditRootOptions.Section);
        builder.AddValidated<AuditStreamOptions, AuditStreamOptions.Validator>(AuditStreamOptions.Section);
        builder.Services.AddSingleton<AuditBreaks>();
        builder.Services.AddSingleton<AuditHeads>();
        builder.Services.AddSingleton<AuditRoots>();
        builder.Services.AddSingleton<BlockCheck>();
        builder.Services.AddSingleton<LostRoots>();
        builder.Services.AddSingleton(Store);
    }

    private static IRootStore Store(IServiceProvider services) => services.GetRequiredService<IOptions<AuditRootOptions>>().Value switch
    {
        { ContainerUri: { } address } => new BlobRootStore(new BlobContainerClient(address, services.GetRequiredService<TokenCredential>())),
        { Folder.Length: > 0 } => new FolderRootStore(services.GetRequiredService<IOptions<AuditRootOptions>>()),
        _ => new NoRootStore(),
    };
}
