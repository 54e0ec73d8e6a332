using System.Text.Json.Nodes;
using BlokSec.Functions.Tests.AuditChain;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Verify;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>What is no whole export, and genuine ones that are unusual.</summary>
public sealed class AuditPieceFormTests(OpenCloud cloud) : AuditPieceTest(cloud)
{
    [Fact]
    public async Task What_is_no_whole_export_is_refused()
    {
        var piece = await ExportedPiece.OfAsync(await SealedAsync());
        var text = piece.ToString();

        foreach (var (what, forged) in new[]
        {
            ("nothing", ""),
            ("no JSON", "audit"),
            ("a list", "[]\n"),
            ("cut in the middle of a line", text[..(text.Length / 2)]),
            ("without its end", piece.With(copy => copy.Remove(copy.Of("end"))).ToString()),
            ("with another count", text.Replace("\"kind\":\"end\",\"blocks\":3", "\"kind\":\"end\",\"blocks\":4", StringComparison.Ordinal)),
            ("without its beginning", piece.With(copy => copy.Remove(copy.Lines[0])).ToString()),
            ("begun twice", piece.With(copy => copy.Lines.Insert(1, copy.Lines[0].DeepClone().AsObject())).ToString()),
            ("more after its end", piece.With(copy => copy.Lines.Add(copy.Of("entry")[0].DeepClone().AsObject())).ToString()),
            ("of a later version", text.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)),
            ("a line of another kind", piece.With(copy => copy.Lines.Insert(1, new JsonObject { ["kind"] = "note" })).ToString()),
            ("a member twice", text.Replace("\"kind\":\"entry\"", "\"kind\":\"entry\",\"kind\":\"entry\"", StringComparison.Ordinal)),
            ("an endless line", new string('[', (4 << 20) + 1)),
            ("deep", $"{{\"kind\":{new string('[', 100)}{new string(']', 100)}}}\n"),
        })
        {
            var told = await VerifyRun.OfAsync("audit", forged, await VerifyRun.KeysAsync(Cloud.Test));
            Assert.True((told.ExitCode, told.Error) == (ExitCodes.NotProven, ""), $"{what}: {told}");
        }

        var empty = await VerifyAsync(await ExportedPiece.OfAsync(new ChainTest(Cloud)));
        Assert.Contains("There is no block in it", empty.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_whose_time_is_over_may_be_gone_and_the_answer_says_so()
    {
        var test = new ChainTest(Cloud);
        var old = test.History.Entry("maria", Cloud.Test.Time.GetUtcNow().AddDays(-2)) with { Ttl = 3600 };
        await test.History.StoreAsync([old]);
        await test.WriteAsync(1);
        await SealAsync(test);
        await test.DeleteAsync("maria", old.Id);
        Assert.True(await test.SignAsync());

        var told = await VerifyAsync(await ExportedPiece.OfAsync(test), "--json");

        Assert.Equal((ExitCodes.Proven, "1", "1"), (told.ExitCode, told.Fact("provenEntries"), told.Fact("entriesOver")));
        Assert.Contains("whoever handed you the file could leave them out", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_characters_are_in_it_the_auditor_makes_the_same_hash()
    {
        var test = new ChainTest(Cloud);
        var text = string.Concat(Enumerable.Range(1, 0x2FF).Select(code => (char)code)) + "\u0041\\\"\u2028\uFEFF\uFFFD\uE000\U0001F600";
        await test.History.StoreAsync([test.History.Entry("maria", Cloud.Test.Time.GetUtcNow()) with
        {
            Alert = true,
            Targets = ["first", "second"],
            Reason = text,
            After = new Dictionary<string, string?> { [text] = "b", ["Z"] = "1.0", ["a"] = null, [""] = "" },
        }]);
        await SealAsync(test);
        Assert.True(await test.SignAsync());

        var told = await VerifyRun.OfAsync("audit", (await test.History.AskAsync("audit/evidence")).Text, await VerifyRun.KeysAsync(Cloud.Test), "--json");

        Assert.Equal((ExitCodes.Proven, "1"), (told.ExitCode, told.Fact("provenEntries")));
    }

    [Fact]
    public async Task A_piece_that_is_larger_than_any_other_document_is_checked()
    {
        var test = new ChainTest(Cloud);
        var entries = Enumerable.Range(0, 1_000).Select(_ => test.History.Entry("maria", Cloud.Test.Time.GetUtcNow()) with { Reason = new string('r', 1_200) });
        await test.History.StoreAsync(entries);
        await SealAsync(test);
        Assert.True(await test.SignAsync());
        var piece = await ExportedPiece.OfAsync(test);
        Assert.True(piece.ToString().Length > 1 << 20);

        Assert.Equal("1000", (await VerifyAsync(piece, "--json")).Fact("provenEntries"));
        await RefusedAsync("the last but one", piece.With(copy => copy.Remove(copy.Of("entry")[^2])));
    }
}
