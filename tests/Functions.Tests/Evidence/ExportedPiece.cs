using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Tests.AuditChain;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>The lines of an exported piece of the audit chain, which a forger changes as he likes.</summary>
internal sealed class ExportedPiece
{
    private ExportedPiece(IEnumerable<JsonObject> lines) => Lines = [.. lines];

    public List<JsonObject> Lines { get; }

    public JsonObject[] Blocks => [.. Of("block").Select(line => line["block"]!.AsObject())];

    public JsonObject[] Entries => [.. Of("entry").Select(line => line["entry"]!.AsObject())];

    public static async Task<ExportedPiece> OfAsync(ChainTest test, string query = "")
    {
        var answer = await test.History.AskAsync($"audit/evidence{query}");
        Assert.True(answer.Status == 200, answer.Text);
        return Read(answer.Text);
    }

    public static ExportedPiece Read(string text) =>
        new(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()));

    public JsonObject[] Of(string kind) => [.. Lines.Where(line => line["kind"]!.GetValue<string>() == kind)];

    /// <summary>A copy that somebody changed, and whose last line he made fit.</summary>
    public ExportedPiece With(Action<ExportedPiece> change)
    {
        var copy = new ExportedPiece(Lines.Select(line => line.DeepClone().AsObject()));
        change(copy);
        if (copy.Of("evidence") is [var begin, ..] && copy.Blocks is [var first, ..] and [.., var last])
        {
            (begin["first"], begin["last"]) = (first["number"]!.DeepClone(), last["number"]!.DeepClone());
        }

        foreach (var end in copy.Of("end"))
        {
            (end["blocks"], end["entries"], end["roots"]) = (copy.Blocks.Length, copy.Entries.Length, copy.Of("root").Length);
        }

        return copy;
    }

    /// <summary>The line of a block, and those that follow it up to the next one.</summary>
    public JsonObject[] LinesOf(int block) =>
        [.. Lines.SkipWhile(line => line["block"] is not JsonObject found || found["number"]!.GetValue<int>() != block)
            .TakeWhile((line, index) => index == 0 || line["kind"]!.GetValue<string>() is "entry" or "root")];

    public void Remove(params IEnumerable<JsonObject> lines)
    {
        foreach (var line in lines.ToArray())
        {
            Assert.True(Lines.Remove(line));
        }
    }

    /// <summary>Makes every hash in it anew, as whoever can write to the database can.</summary>
    public void Rehash()
    {
        string? previous = null;
        foreach (var block in Blocks)
        {
            foreach (var entry in block["entries"]!.AsArray())
            {
                var id = entry!["id"]!.GetValue<string>();
                entry["hash"] = AuditHashes.OfEntry(Element(Entries.Single(found => found["id"]!.GetValue<string>() == id)));
            }

            if (previous is not null)
            {
                block["previous"] = previous;
            }

            previous = AuditHashes.OfBlock(Element(block));
            block["hash"] = previous;
        }
    }

    public override string ToString() =>
        string.Concat(Lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.ToJsonString()}\n")));

    private static JsonElement Element(JsonObject node) => JsonElement.Parse(node.ToJsonString());
}
