using System.Text;
using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>A verified Security Event Token.</summary>
/// <param name="Type">The URI of its event.</param>
/// <param name="Event">The event.</param>
/// <param name="Claims">All claims.</param>
internal sealed record ReceivedEvent(string Type, JsonElement Event, JsonElement Claims)
{
    public string Id => Claims.GetProperty("jti").GetString()!;

    /// <summary>The last part of the URI.</summary>
    public string Name => Type[(Type.LastIndexOf('/') + 1)..];
}

/// <summary>A receiver of events as somebody else would write it: it knows an issuer, finds everything else there, and believes nothing.</summary>
internal sealed class Receiver(RawApi api, string token, string issuer)
{
    public const string Push = "urn:ietf:rfc:8935";
    public const string Poll = "urn:ietf:rfc:8936";
    public const string SessionRevoked = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
    public const string CredentialChange = "https://schemas.openid.net/secevent/caep/event-type/credential-change";

    private JsonElement? metadata;

    public string Issuer => issuer;

    /// <summary>A receiver of a tenant, with a client id of its own.</summary>
    public static Receiver Of(OpenCloud cloud, string clientId, string tenant = TestCloud.Tenant, params IReadOnlyList<string> roles) => new(
        cloud.Api,
        cloud.Issuer.Token(new TokenClaims
        {
            Subject = clientId,
            Tenant = tenant,
            Roles = roles.Count == 0 ? ["Events.Receive"] : roles,
            Scope = null,
            Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = clientId },
        }),
        $"{cloud.Test.Cloud.ApiAddress.AbsoluteUri.TrimEnd('/')}/api/ssf/{tenant}");

    public static string NewClientId() => $"receiver-{Guid.NewGuid():N}"[..20];

    /// <summary>The endpoint that the metadata names.</summary>
    public async Task<string> EndpointAsync(string name)
    {
        metadata ??= (await api.SendAsync(HttpMethod.Get, $"/.well-known/ssf-configuration{new Uri(issuer).AbsolutePath}")).Json;
        Assert.Equal(issuer, metadata.Value.GetProperty("issuer").GetString());
        return new Uri(metadata.Value.GetProperty(name).GetString()!).PathAndQuery;
    }

    public async Task<RawAnswer> SendAsync(HttpMethod method, string endpoint, object? body = null, string query = "") =>
        await api.SendAsync(token, method, await EndpointAsync(endpoint) + query, body as string ?? (body is null ? null : JsonSerializer.Serialize(body)));

    public Task<RawAnswer> CreateAsync(object? delivery = null, params string[] events) => SendAsync(
        HttpMethod.Post,
        "configuration_endpoint",
        new Dictionary<string, object?> { ["delivery"] = delivery ?? new { method = Poll }, ["events_requested"] = events.Length == 0 ? [SessionRevoked, CredentialChange] : events });

    /// <summary>Makes a stream, and tells its id.</summary>
    public async Task<string> CreatedAsync(object? delivery = null, params string[] events)
    {
        var answer = await CreateAsync(delivery, events);
        Assert.True(answer.Status == 201, answer.Text);
        return answer.Json.GetProperty("stream_id").GetString()!;
    }

    /// <summary>Polls.</summary>
    public async Task<RawAnswer> PollAsync(string streamId, object body)
    {
        var configuration = (await SendAsync(HttpMethod.Get, "configuration_endpoint", query: $"?stream_id={streamId}")).Json;
        var endpoint = configuration.GetProperty("delivery").GetProperty("endpoint_url").GetString()!;
        return await api.SendAsync(token, HttpMethod.Post, new Uri(endpoint).PathAndQuery, JsonSerializer.Serialize(body));
    }

    /// <summary>Polls, verifies what comes and acknowledges nothing.</summary>
    public async Task<IReadOnlyList<ReceivedEvent>> FetchAsync(string streamId, bool returnImmediately = true, int maxEvents = 100, IEnumerable<string>? ack = null)
    {
        var answer = await PollAsync(streamId, new { maxEvents, returnImmediately, ack = ack ?? [] });
        Assert.True(answer.Status == 200, answer.Text);
        var received = new List<ReceivedEvent>();
        foreach (var set in answer.Json.GetProperty("sets").EnumerateObject())
        {
            var verified = await VerifyAsync(set.Value.GetString()!);
            Assert.Equal(set.Name, verified.Id);
            received.Add(verified);
        }

        return received;
    }

    /// <summary>Waits until so many events wait at once.</summary>
    public Task<IReadOnlyList<ReceivedEvent>> FetchAsync(TestCloud test, string streamId, int count) => test.UntilAsync(
        async () => await FetchAsync(streamId) is { } received && received.Count >= count ? received : null, $"{count} events wait in {streamId}");

    /// <summary>Verifies a token by the keys that the issuer publishes, and all that the specifications ask of it.</summary>
    public async Task<ReceivedEvent> VerifyAsync(string set, string? audience = null)
    {
        var keys = await api.SendAsync(HttpMethod.Get, await EndpointAsync("jwks_uri"));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(set, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidateAudience = audience is not null,
            ValidAudience = audience,
            ValidTypes = ["secevent+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKeys = new JsonWebKeySet(keys.Text).GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
            LifetimeValidator = (_, expires, _, _) => expires is null,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        var claims = JsonElement.Parse(Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(set.Split('.')[1])));
        Assert.False(claims.TryGetProperty("sub", out _) || claims.TryGetProperty("exp", out _), "A SET has neither sub nor exp.");
        foreach (var needed in new[] { "iss", "aud", "iat", "jti", "txn", "sub_id", "events" })
        {
            Assert.True(claims.TryGetProperty(needed, out _), needed);
        }

        var only = Assert.Single(claims.GetProperty("events").EnumerateObject());
        return new ReceivedEvent(only.Name, only.Value, claims);
    }
}
