using System.CommandLine;
using BlokSec.Verify.Assertions;
using BlokSec.Verify.Audit;
using BlokSec.Verify.Receipts;

namespace BlokSec.Verify;

/// <summary>What can be checked. Nothing here opens a connection: what is not in the files is not known.</summary>
internal static class VerifyTool
{
    /// <summary>Runs the tool.</summary>
    /// <param name="args">What was typed after its name.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="error">Where it says why it cannot work.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Checks the evidence that BlokSec hands out, offline and with public keys only.")
        {
            VerificationCommand.Create(
                "receipt", "Checks the receipt of a device's removal.", "The receipt: a .jws file of the console or the API.", ReceiptVerifier.Verify),
            VerificationCommand.Create(
                "assertion", "Checks the assertion that an application got for an accepted sign-in.", "The assertion, as the application got it.", AssertionVerifier.Verify),
            VerificationCommand.CreateForLines(
                "audit", "Checks an exported piece of a tenant's audit chain.", "The piece: what GET /api/audit/evidence answered.", AuditVerifier.Verify),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var wrong in parsed.Errors)
            {
                error.WriteLine(wrong.Message);
            }

            return ExitCodes.BadUse;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
    }
}

/// <summary>How the tool ends.</summary>
internal static class ExitCodes
{
    /// <summary>The document is what it says, as far as the answer says proven.</summary>
    public const int Proven = 0;

    /// <summary>It is not: forged, changed, or signed by a key that was not given.</summary>
    public const int NotProven = 1;

    /// <summary>The command or one of its files cannot be used.</summary>
    public const int BadUse = 2;
}
