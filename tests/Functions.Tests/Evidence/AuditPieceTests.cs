using System.Text.Json.Nodes;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Verify;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>An exported piece of the audit chain in the hands of an auditor, who has <c>bloksec-verify</c>, the public keys and nothing else.</summary>
public sealed class AuditPieceTests(OpenCloud cloud) : AuditPieceTest(cloud)
{
    private const string RootType = "audit-root+jwt";

    [Fact]
    public async Task I12_A_genuine_piece_is_proven_up_to_its_last_root_in_plain_words()
    {
        var test = await SealedAsync();
        await test.WriteAsync(2);
        await SealAsync(test);
        var piece = await ExportedPiece.OfAsync(test);

        var told = await VerifyAsync(piece, "--json");
        var words = (await VerifyAsync(piece)).Output;

        Assert.Equal((ExitCodes.Proven, ""), (told.ExitCode, told.Error));
        Assert.Equal(
            (test.Tenant, "1", "4", "3", VerifyRun.PayloadOf(Root(piece, 1))["iss"]!.GetValue<string>()),
            (told.Fact("tenant"), told.Fact("firstBlock"), told.Fact("lastBlock"), told.Fact("provenToBlock"), told.Fact("issuer")));
        Assert.Equal(("9", "7"), (told.Fact("entries"), told.Fact("provenEntries")));
        Assert.Contains("Proven: the 7 entries of blocks 1 to 3 stood unchanged since the service at", words, StringComparison.Ordinal);
        Assert.Contains("Proven: none was added to them or moved, and none is missing between block 1 and block 3.", words, StringComparison.Ordinal);
        Assert.Contains("Not proven: blocks 4 to 4, which are not covered by a signed root yet", words, StringComparison.Ordinal);
        Assert.Contains("Not proven: what was before sealing", words, StringComparison.Ordinal);
        Assert.Contains("Not proven: who wrote the entries", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I12_Every_value_of_an_entry_a_block_or_a_root_that_is_changed_is_refused()
    {
        var piece = await ExportedPiece.OfAsync(await SealedAsync());

        foreach (var (path, changed) in VerifyRun.ChangesOf(piece.Entries[1]).Where(change => change.Path is not ("/count" or "/lastAt" or "/ttl")))
        {
            await RefusedAsync($"entry {path}", piece.With(copy => copy.Of("entry")[1]["entry"] = changed));
        }

        foreach (var (path, changed) in VerifyRun.ChangesOf(piece.Blocks[1]))
        {
            await RefusedAsync($"block {path}", piece.With(copy => copy.Of("block")[1]["block"] = changed));
        }

        var root = piece.Of("root")[1]["jws"]!.GetValue<string>();
        foreach (var (path, changed) in VerifyRun.ChangesOf(VerifyRun.PayloadOf(root)))
        {
            await RefusedAsync($"root {path}", piece.With(copy => copy.Of("root")[1]["jws"] = VerifyRun.WithPayload(root, changed.ToJsonString())));
        }
    }

    [Fact]
    public async Task I12_What_was_deleted_added_moved_or_hashed_anew_is_refused()
    {
        var piece = await ExportedPiece.OfAsync(await SealedAsync());

        foreach (var (what, forged) in new (string, Action<ExportedPiece>)[]
        {
            ("an entry deleted", copy => copy.Remove(copy.Of("entry")[1])),
            ("the last entry deleted", copy => copy.Remove(copy.Of("entry")[^1])),
            ("an entry deleted, and from its block", Forget),
            ("an entry deleted, and all hashed anew", copy => { Forget(copy); copy.Rehash(); }),
            ("an entry changed, and all hashed anew", copy => { copy.Entries[0]["reason"] = "never"; copy.Rehash(); }),
            ("an entry changed in the last block, and all hashed anew", copy => { copy.Entries[^1]["reason"] = "never"; copy.Rehash(); }),
            ("an entry twice", copy => copy.Lines.Insert(2, copy.Of("entry")[0].DeepClone().AsObject())),
            ("an entry invented", Invent),
            ("an entry moved to the next block", copy => Move(copy, copy.Of("entry")[0], block: 2)),
            ("an entry moved behind its block", copy => { var entry = copy.Of("entry")[0]; copy.Remove(entry); copy.Lines.Insert(copy.Lines.Count - 1, entry); }),
            ("two entries under each other's id", copy => (copy.Entries[0]["id"], copy.Entries[1]["id"]) = (copy.Entries[1]["id"]!.DeepClone(), copy.Entries[0]["id"]!.DeepClone())),
            ("an entry with a member that no hash holds", copy => copy.Entries[0]["_note"] = "approved"),
            ("an entry line with a member more", copy => copy.Of("entry")[0]["note"] = "approved"),
            ("a block deleted with its entries", copy => copy.Remove(copy.LinesOf(2))),
            ("two blocks in each other's place", copy => { var second = copy.LinesOf(2); copy.Remove(second); copy.Lines.InsertRange(copy.Lines.Count - 1, second); }),
            ("the first block's tail given to the second", copy => copy.Blocks[1]["previous"] = copy.Blocks[0]["entries"]![0]!["hash"]!.DeepClone()),
            ("the first block said to be one in the middle", copy => copy.Blocks[0]["previous"] = copy.Blocks[1]["hash"]!.DeepClone()),
        })
        {
            await RefusedAsync(what, piece.With(forged));
        }
    }

    [Fact]
    public async Task I12_A_root_of_another_tenant_block_or_key_is_refused()
    {
        var (piece, other) = (await ExportedPiece.OfAsync(await SealedAsync()), await ExportedPiece.OfAsync(await SealedAsync()));
        var (first, last) = (Root(piece, 0), Root(piece, 1));
        var claims = VerifyRun.PayloadOf(last);

        foreach (var (what, root) in new[]
        {
            ("another tenant's", Root(other, 1)),
            ("another tenant's claims under this one's signature", VerifyRun.WithPayload(last, VerifyRun.PayloadOf(Root(other, 1)).ToJsonString())),
            ("an earlier one", first),
            ("another key's", VerifyRun.WithHeader(last, new JsonObject { ["typ"] = RootType, ["alg"] = "ES256", ["kid"] = "mallory" }.ToJsonString())),
            ("no signature", $"{last[..(last.LastIndexOf('.') + 1)]}"),
            ("another document of the service", VerifyRun.SignedByService(Cloud.Test, "removal-receipt+jwt", claims)),
            ("what the service never said of this tenant", VerifyRun.SignedByService(Cloud.Test, RootType, With(claims, "tenant", "contoso"))),
            ("no time", VerifyRun.SignedByService(Cloud.Test, RootType, With(claims, "iat", -1))),
            ("nothing", ""),
        })
        {
            await RefusedAsync(what, piece.With(copy => copy.Of("root")[1]["jws"] = root));
        }

        await RefusedAsync("all of another tenant", piece.With(copy => copy.Lines[0]["tenant"] = other.Lines[0]["tenant"]!.DeepClone()));
        await RefusedAsync("a root twice", piece.With(copy => copy.Lines.Insert(copy.Lines.Count - 1, copy.Of("root")[1].DeepClone().AsObject())));
    }

    [Fact]
    public async Task I12_Without_a_root_nothing_is_proven_and_without_the_last_one_less()
    {
        var piece = await ExportedPiece.OfAsync(await SealedAsync());

        var none = await VerifyAsync(piece.With(copy => copy.Remove(copy.Of("root"))));
        var less = await VerifyAsync(piece.With(copy => copy.Remove(copy.Of("root")[1])), "--json");

        Assert.Equal(ExitCodes.NotProven, none.ExitCode);
        Assert.Contains("Blocks 1 to 3 are not covered by a signed root", none.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Proven, "2"), (less.ExitCode, less.Fact("provenToBlock")));
        Assert.Contains("blocks 3 to 3, which are not covered by a signed root yet", less.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I12_A_piece_from_which_a_root_before_another_was_taken_is_refused()
    {
        var piece = await ExportedPiece.OfAsync(await SealedAsync());

        await RefusedAsync("the first root taken away", piece.With(copy => copy.Remove(copy.Of("root")[0])));
    }

    private static string Root(ExportedPiece piece, int index) => piece.Of("root")[index]["jws"]!.GetValue<string>();

    private static JsonObject With(JsonObject of, string name, JsonNode value)
    {
        var changed = of.DeepClone().AsObject();
        changed[name] = value;
        return changed;
    }

    private static void Forget(ExportedPiece copy)
    {
        copy.Remove(copy.Of("entry")[0]);
        copy.Blocks[0]["entries"]!.AsArray().RemoveAt(0);
    }

    private static void Invent(ExportedPiece copy)
    {
        var invented = copy.Of("entry")[0].DeepClone().AsObject();
        invented["entry"]!["id"] = $"audit:{Guid.CreateVersion7():N}";
        copy.Lines.Insert(2, invented);
    }

    private static void Move(ExportedPiece copy, JsonObject entry, int block)
    {
        copy.Remove(entry);
        (entry["block"], entry["entry"]!["block"]) = (block, block);
        copy.Lines.Insert(copy.Lines.IndexOf(copy.LinesOf(block)[0]) + 1, entry);
    }
}
