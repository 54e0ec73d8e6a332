using System.Collections.Concurrent;
using System.Text.Json;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Identities;

/// <summary>A document that this version of the service cannot read, or not whole.</summary>
/// <param name="Type">Which kind of document.</param>
/// <param name="Id">Its id.</param>
internal sealed record UnreadableDocument(string Type, string Id);

/// <summary>Tells operators of documents that cannot be read: each is counted whenever it is met, and logged once by each instance.</summary>
internal sealed partial class UnreadableDocuments(ILogger<UnreadableDocuments> logger)
{
    /// <summary>Documents that an instance remembers to have logged; beyond that it forgets them and logs them once more.</summary>
    private const int Remembered = 1000;

    private readonly ConcurrentDictionary<string, bool> logged = new();

    public UnreadableDocument Tell(JsonElement document, JsonException? exception)
    {
        var (type, id, tenantId, userId) = (Text("type"), Text("id"), Text("tenantId"), Text("userId"));
        Measures.Unreadable(type);
        if (logged.Count >= Remembered)
        {
            logged.Clear();
        }

        if (logged.TryAdd($"{tenantId}/{userId}/{id}/{Text("_etag")}", true))
        {
            using var scope = logger.BeginScope(new Dictionary<string, object> { ["tenantId"] = tenantId, ["userId"] = userId });
            Log.Unreadable(logger, exception, type, id);
        }

        return new UnreadableDocument(type, id);

        string Text(string member) => document.TryGetProperty(member, out var value) ? value.ToString() : "";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The {Type} document {Id} cannot be read by this version; it is skipped.")]
        public static partial void Unreadable(ILogger logger, Exception? exception, string type, string id);
    }
}
