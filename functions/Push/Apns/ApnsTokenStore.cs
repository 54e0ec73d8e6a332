using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push.Apns;

/// <summary>A provider token as all instances of the app share it.</summary>
/// <param name="Token">The JWT. A secret for the hour that it lives.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="ETag">Guards its replacement; null when it is not from the database.</param>
internal sealed record SharedToken(string Token, DateTimeOffset IssuedAt, string? ETag = null)
{
    /// <summary>The header's value, made once.</summary>
    public string Authorization { get; } = "bearer " + Token;

    public override string ToString() => $"{nameof(SharedToken)} {{ IssuedAt = {IssuedAt:O} }}";
}

/// <summary>Keeps the shared provider token in a document of its own partition. Streams, so that no serializer setting matters.</summary>
internal sealed class ApnsTokenStore(Container container, IOptions<PushOptions> options)
{
    private const string TenantId = "$system";
    private const string UserId = "apns";

    private const int CurrentSchemaVersion = 1;

    /// <summary>How long a token may be used, and is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(59);

    private readonly PartitionKey partition = new PartitionKeyBuilder().Add(TenantId).Add(UserId).Build();
    private readonly string id = $"apns-provider-token:{options.Value.Apns.TeamId}:{options.Value.Apns.KeyId}";

    /// <summary>
    /// The shared token; null when there is none that can be read. That of a document of a later version has no ETag, so that it is used and
    /// never replaced: an instance of that version renews it.
    /// </summary>
    public async Task<SharedToken?> ReadAsync(CancellationToken cancellationToken)
    {
        using var response = await container.ReadItemStreamAsync(id, partition, cancellationToken: cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        try
        {
            var document = await JsonSerializer.DeserializeAsync(
                response.Content, ApnsTokenJson.Default.ApnsTokenDocument, cancellationToken);
            return document is { Token.Length: > 0 }
                ? new SharedToken(document.Token, document.IssuedAt, document.SchemaVersion > CurrentSchemaVersion ? null : response.Headers.ETag)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the token that has the given ETag, or creates the first; null when another instance was faster.</summary>
    /// <returns>The token with the ETag that it got.</returns>
    public async Task<SharedToken?> TryWriteAsync(SharedToken token, string? etag, CancellationToken cancellationToken)
    {
        var document = new ApnsTokenDocument(id, TenantId, UserId, "apnsProviderToken", CurrentSchemaVersion, token.Token, token.IssuedAt, (int)Lifetime.TotalSeconds);
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(document, ApnsTokenJson.Default.ApnsTokenDocument));
        using var response = etag is null
            ? await container.CreateItemStreamAsync(body, partition, cancellationToken: cancellationToken)
            : await container.ReplaceItemStreamAsync(
                body, id, partition, new ItemRequestOptions { IfMatchEtag = etag }, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return token with { ETag = response.Headers.ETag };
    }
}

internal sealed record ApnsTokenDocument(
    string Id,
    string TenantId,
    string UserId,
    string Type,
    int SchemaVersion,
    string Token,
    DateTimeOffset IssuedAt,
    int Ttl);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ApnsTokenDocument))]
internal sealed partial class ApnsTokenJson : JsonSerializerContext;
