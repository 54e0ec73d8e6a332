using System.IO.Compression;
using System.Text.RegularExpressions;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Publishing;

/// <summary>What is deployed, carried elsewhere as a zip, and run there with nothing but settings.</summary>
public sealed partial class PublishedAppTests : IDisposable
{
    /// <summary>What a Functions host looks for.</summary>
    private static readonly string[] Files =
        [".azurefunctions", "BlokSec.Functions.dll", "BlokSec.Functions.runtimeconfig.json", "extensions.json", "functions.metadata", "host.json", "worker.config.json"];

    /// <summary>Where the stand-ins are. On Azure the first two are told by the platform, the others are the code's own.</summary>
    private static readonly string[] StandIns =
    [
        "AuditRoots__Folder",
        "IDENTITY_ENDPOINT",
        "IDENTITY_HEADER",
        "Push__Apns__ProductionEndpoint",
        "Push__Apns__SandboxEndpoint",
        "Push__Fcm__Endpoint",
        "RateLimits__ForwardedHops",
        "ServiceBus",
        "Signals__AllowLoopback",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("bloksec-publish-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_published_folder_is_whole_and_plays_the_main_story_elsewhere()
    {
        var zip = Path.Combine(folder, "app.zip");
        await ZipFile.CreateFromDirectoryAsync(await PublishedApp.FolderAsync(), zip, TestContext.Current.CancellationToken);
        var elsewhere = Path.Combine(folder, "elsewhere");
        await ZipFile.ExtractToDirectoryAsync(zip, elsewhere, TestContext.Current.CancellationToken);

        Assert.All(Files, name => Assert.True(Path.Exists(Path.Combine(elsewhere, name)), name));
        var all = Directory.GetFiles(elsewhere).Select(Path.GetFileName).ToList();
        Assert.DoesNotContain(all, name => Path.GetExtension(name) is ".pdb" or ".xml" || name == "function.json" || name!.StartsWith("appsettings", StringComparison.Ordinal));
        Assert.Contains("\"canUsePlaceholder\": true", await File.ReadAllTextAsync(Path.Combine(elsewhere, "worker.config.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await using var test = await TestCloud.StartAsync(new TestCloudOptions { Published = true, AppFolder = elsewhere, AsDeployed = true });
        var deployed = Settings().Matches(await File.ReadAllTextAsync(
            Path.Combine(Approved.Repository, "infra", "modules", "settings.bicep"), TestContext.Current.CancellationToken));
        Assert.All(test.Cloud.Settings.Keys.Except(StandIns), name => Assert.Contains(name, deployed.Select(setting => setting.Groups[1].Value)));
        var user = await test.NewUserAsync(phones: 2, accounts: 3);
        await test.RemovedAsync(user, phone: 0);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        var claim = await test.UnregisteredAsync(user);
        await test.ConfirmedAsync(user, user.DeviceIds[1]);
        var phone = test.NewPhone();
        await phone.EnrollAsync($"https://app.bloksec.io/claim#{claim.TenantId}.{claim.UserId}.{claim.Code}", TestContext.Current.CancellationToken);

        Assert.NotNull(phone.State.Registration);
        var details = await test.UntilAsync(
            async () => await test.Admin().UserAsync(user.UserId, TestContext.Current.CancellationToken) is { } told
                && told.Accounts.Accounts.All(account => account.Did == told.Did) ? told : null,
            "the accounts carry the new DID");
        Assert.Equal(DidState.Active, details.DidState);
        Assert.Single(details.Devices);
    }

    [GeneratedRegex(@"\b(\w+__\w+):")]
    private static partial Regex Settings();
}
