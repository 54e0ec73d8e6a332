using BlokSec.Functions.Tests.AuditChain;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Verify;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>Tests of exported pieces of the audit chain.</summary>
public abstract class AuditPieceTest(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    protected OpenCloud Cloud => cloud;

    /// <summary>Three blocks of three, two and two entries; roots of the second and the third.</summary>
    private protected async Task<ChainTest> SealedAsync()
    {
        var test = new ChainTest(Cloud);
        await test.WriteAsync(3);
        await SealAsync(test);
        await test.WriteAsync(2, "liam");
        await SealAsync(test);
        Assert.True(await test.SignAsync());
        await test.WriteAsync(2);
        await SealAsync(test);
        Assert.True(await test.SignAsync());
        return test;
    }

    /// <summary>The second time the entries have the number of their block.</summary>
    private protected static async Task SealAsync(ChainTest test)
    {
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());
    }

    private protected async Task<VerifyRun> VerifyAsync(ExportedPiece piece, params string[] options) =>
        await VerifyRun.OfAsync("audit", piece.ToString(), await VerifyRun.KeysAsync(Cloud.Test), options);

    private protected async Task RefusedAsync(string what, ExportedPiece forged)
    {
        var told = await VerifyAsync(forged);
        Assert.True((told.ExitCode, told.Error) == (ExitCodes.NotProven, ""), $"{what}: {told}");
        Assert.StartsWith("NOT PROVEN. ", told.Output, StringComparison.Ordinal);
    }
}
