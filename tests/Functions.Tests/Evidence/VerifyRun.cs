using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Verify;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>What <c>bloksec-verify</c> answered.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">What it said.</param>
/// <param name="Error">Why it could not work.</param>
internal sealed record VerifyRun(int ExitCode, string Output, string Error)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A fact in the answer for programs.</summary>
    public string? Fact(string name) => JsonElement.Parse(Output).GetProperty("facts").TryGetProperty(name, out var fact) ? fact.GetString() : null;

    /// <summary>The service's key set as everybody gets it.</summary>
    public static async Task<string> KeysAsync(TestCloud test)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(test.Cloud.ApiAddress, "/api/.well-known/jwks.json"), Stop);
    }

    /// <summary>Runs the tool with files, as somebody would who has nothing else.</summary>
    public static Task<VerifyRun> OfAsync(string command, string document, string keys, params string[] options) =>
        WithFilesAsync(command, document, keys, options, args => Task.FromResult(Of(args)));

    /// <summary>Runs the built tool as a process of its own.</summary>
    public static Task<VerifyRun> OfProcessAsync(string command, string document, string keys, params string[] options) =>
        WithFilesAsync(command, document, keys, options, ProcessAsync);

    public static VerifyRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return new VerifyRun(VerifyTool.Run(args, output, error), output.ToString(), error.ToString());
    }

    public static JsonObject PayloadOf(string jws) => JsonNode.Parse(Part(jws, 1))!.AsObject();

    public static JsonObject HeaderOf(string jws) => JsonNode.Parse(Part(jws, 0))!.AsObject();

    /// <summary>The same document with another payload, under the signature of before.</summary>
    public static string WithPayload(string jws, string payload) =>
        string.Join('.', jws.Split('.')[0], StrictBase64Url.Encode(Encoding.UTF8.GetBytes(payload)), jws.Split('.')[2]);

    public static string WithHeader(string jws, string header) =>
        string.Join('.', [StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header)), .. jws.Split('.')[1..]]);

    /// <summary>What somebody would sign who has stolen the service's key, or writes into its database.</summary>
    public static string SignedByService(TestCloud test, string type, JsonNode payload) =>
        SignedByService(test, type, JsonSerializer.SerializeToUtf8Bytes(payload));

    public static string SignedByService(TestCloud test, string type, byte[] payload) =>
        test.Services.GetRequiredService<StatementKeys>().SignJws(type, payload);

    /// <summary>Every value in a document changed, one after the other; each with its path.</summary>
    public static IEnumerable<(string Path, JsonObject Changed)> ChangesOf(JsonObject document)
    {
        foreach (var path in PathsOf(document, ""))
        {
            var changed = document.DeepClone().AsObject();
            var (parent, name) = Parent(changed, path);
            Set(parent, name, Other(Get(parent, name)!));
            yield return (path, changed);
        }
    }

    private static async Task<VerifyRun> WithFilesAsync(
        string command, string document, string keys, string[] options, Func<string[], Task<VerifyRun>> run)
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-verify-");
        try
        {
            var (file, set) = (Path.Combine(folder.FullName, "document.jws"), Path.Combine(folder.FullName, "jwks.json"));
            await File.WriteAllTextAsync(file, document, Stop);
            await File.WriteAllTextAsync(set, keys, Stop);
            return await run([command, file, "--keys", set, .. options]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<VerifyRun> ProcessAsync(string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "BlokSec.Verify.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop);
        return new VerifyRun(process.ExitCode, await output, await error);
    }

    private static string Part(string jws, int index) =>
        StrictBase64Url.TryDecode(jws.Split('.')[index], out var bytes) ? Encoding.UTF8.GetString(bytes) : throw new InvalidOperationException(jws);

    private static IEnumerable<string> PathsOf(JsonNode node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => PathsOf(member.Value!, $"{path}/{member.Key}")),
        JsonArray items => items.SelectMany((item, index) => PathsOf(item!, $"{path}/{index}")),
        _ => [path],
    };

    private static (JsonNode Parent, string Name) Parent(JsonNode root, string path)
    {
        var names = path.Split('/')[1..];
        return (names[..^1].Aggregate(root, (node, name) => Get(node, name)!), names[^1]);
    }

    private static JsonNode? Get(JsonNode node, string name) =>
        node is JsonArray items ? items[int.Parse(name, CultureInfo.InvariantCulture)] : node[name];

    private static void Set(JsonNode node, string name, JsonNode value)
    {
        if (node is JsonArray items)
        {
            items[int.Parse(name, CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            node[name] = value;
        }
    }

    /// <summary>Another value of the same kind: a time an hour later, a number one more, yes for no, a text with its first character changed.</summary>
    private static JsonValue Other(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Number => JsonValue.Create(node.GetValue<decimal>() + 1),
        JsonValueKind.True or JsonValueKind.False => JsonValue.Create(!node.GetValue<bool>()),
        _ when node.GetValue<string>() is var text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at) =>
            JsonValue.Create(at.AddHours(-1).ToString("O", CultureInfo.InvariantCulture)),
        _ => JsonValue.Create((node.GetValue<string>()[0] == 'A' ? "B" : "A") + node.GetValue<string>()[1..]),
    };
}
