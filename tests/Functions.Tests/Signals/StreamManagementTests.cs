using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.SignIn;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>The stream management of the Shared Signals Framework 1.0, as receivers and conformance suites use it.</summary>
public sealed class StreamManagementTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private const string Configuration = "configuration_endpoint";
    private const string Unknown = "00000000000000000000000000000000";

    private readonly string clientId = Receiver.NewClientId();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Receiver Own => Receiver.Of(cloud, clientId);

    [Fact]
    public async Task The_transmitter_is_found_at_the_root_of_the_host_and_says_what_the_profile_asks_for()
    {
        var issuer = new Uri(Own.Issuer);
        var answer = await cloud.Api.SendAsync(HttpMethod.Get, $"/.well-known/ssf-configuration{issuer.AbsolutePath}");
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(answer.Text, (await cloud.Api.SendAsync(HttpMethod.Get, $"{issuer.AbsolutePath}/.well-known/ssf-configuration")).Text);

        var told = answer.Json;
        Assert.Equal(("1_0", Own.Issuer, "ALL"), (told.GetProperty("spec_version").GetString(), told.GetProperty("issuer").GetString(), told.GetProperty("default_subjects").GetString()));
        Assert.Equal([Receiver.Push, Receiver.Poll], told.GetProperty("delivery_methods_supported").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal("urn:ietf:rfc:6749", told.GetProperty("authorization_schemes")[0].GetProperty("spec_urn").GetString());
        Assert.All(
            ["jwks_uri", Configuration, "status_endpoint", "add_subject_endpoint", "remove_subject_endpoint", "verification_endpoint"],
            name => Assert.StartsWith($"{Own.Issuer}/", told.GetProperty(name).GetString(), StringComparison.Ordinal));
        Assert.DoesNotContain(told.EnumerateObject(), member => member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0);

        var key = (await cloud.Api.SendAsync(HttpMethod.Get, new Uri(told.GetProperty("jwks_uri").GetString()!).AbsolutePath)).Json.GetProperty("keys")[0];
        Assert.Equal(("RSA", "sig", "RS256"), (key.GetProperty("kty").GetString(), key.GetProperty("use").GetString(), key.GetProperty("alg").GetString()));
        Assert.False(key.TryGetProperty("d", out _));
    }

    [Fact]
    public async Task A_stream_is_made_read_changed_replaced_and_deleted()
    {
        Assert.Equal("[]", (await Own.SendAsync(HttpMethod.Get, Configuration)).Text);
        var made = await Own.SendAsync(HttpMethod.Post, Configuration, new
        {
            delivery = new { method = Receiver.Push, endpoint_url = "https://receiver.example.com/events?key=secret", authorization_header = "Bearer secret" },
            events_requested = new[] { Receiver.SessionRevoked, "https://schemas.openid.net/secevent/caep/event-type/not-ours" },
            description = "Payroll",
            surprise = true,
        });
        Assert.Equal(201, made.Status);
        var stream = made.Json;
        var id = stream.GetProperty("stream_id").GetString()!;
        Assert.Equal((Own.Issuer, clientId), (stream.GetProperty("iss").GetString(), stream.GetProperty("aud").GetString()));
        Assert.Equal([Receiver.SessionRevoked], Texts(stream, "events_delivered"));
        Assert.Equal(2, Texts(stream, "events_requested").Count());
        Assert.False(stream.GetProperty("delivery").TryGetProperty("authorization_header", out _));
        Assert.Equal(made.Text, (await Own.SendAsync(HttpMethod.Get, Configuration, query: $"?stream_id={id}")).Text);
        Assert.Equal($"[{made.Text}]", (await Own.SendAsync(HttpMethod.Get, Configuration)).Text);

        var patched = await Own.SendAsync(HttpMethod.Patch, Configuration, new
        {
            stream_id = id,
            iss = Own.Issuer,
            aud = clientId,
            events_delivered = new[] { Receiver.SessionRevoked },
            events_requested = new[] { Receiver.CredentialChange },
        });
        Assert.Equal(200, patched.Status);
        Assert.Equal([Receiver.CredentialChange], Texts(patched.Json, "events_delivered"));
        Assert.Equal("Payroll", patched.Json.GetProperty("description").GetString());
        Assert.Equal("https://receiver.example.com/events?key=secret", patched.Json.GetProperty("delivery").GetProperty("endpoint_url").GetString());

        var replaced = await Own.SendAsync(HttpMethod.Put, Configuration, new { stream_id = id, delivery = new { method = Receiver.Poll } });
        Assert.Equal(200, replaced.Status);
        Assert.False(replaced.Json.TryGetProperty("description", out _) || replaced.Json.TryGetProperty("events_requested", out _));
        Assert.Equal(8, Texts(replaced.Json, "events_delivered").Count());
        Assert.StartsWith(Own.Issuer, replaced.Json.GetProperty("delivery").GetProperty("endpoint_url").GetString(), StringComparison.Ordinal);

        Assert.Equal((204, ""), await DeletedAsync(id));
        Assert.Equal(404, (await DeletedAsync(id)).Status);
        Assert.Equal(404, (await Own.SendAsync(HttpMethod.Get, Configuration, query: $"?stream_id={id}")).Status);
        var seen = await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, "signals/streams");
        Assert.DoesNotContain("secret", seen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"delivery":""")]
    [InlineData("""[]""")]
    [InlineData("""{"delivery":"push"}""")]
    [InlineData("""{"delivery":{"method":"urn:ietf:rfc:8935"}}""")]
    [InlineData("""{"delivery":{"method":"urn:ietf:rfc:9999"}}""")]
    [InlineData("""{"delivery":{"endpoint_url":"https://receiver.example.com/"}}""")]
    [InlineData("""{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"http://receiver.example.com/"}}""")]
    [InlineData("""{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://10.0.0.1/"}}""")]
    [InlineData("""{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://169.254.169.254/metadata"}}""")]
    [InlineData("""{"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://receiver.example.com/","authorization_header":"a\r\nX: b"}}""")]
    [InlineData("""{"events_requested":"all"}""")]
    [InlineData("""{"events_requested":[1]}""")]
    [InlineData("""{"format":"phone_number"}""")]
    [InlineData("""{"description":"\ud800"}""")]
    public async Task A_configuration_that_cannot_be_is_refused(string body) =>
        Assert.Equal(400, (await Own.SendAsync(HttpMethod.Post, Configuration, body)).Status);

    [Fact]
    public async Task What_only_the_transmitter_sets_cannot_be_set_and_a_stream_is_named()
    {
        var id = await Own.CreatedAsync();
        foreach (var method in new[] { HttpMethod.Patch, HttpMethod.Put })
        {
            Assert.Equal(400, (await Own.SendAsync(method, Configuration, new { stream_id = id, iss = "https://evil.example.com" })).Status);
            Assert.Equal(400, (await Own.SendAsync(method, Configuration, new { stream_id = id, aud = "somebody else" })).Status);
            Assert.Equal(400, (await Own.SendAsync(method, Configuration, new { stream_id = id, events_delivered = new[] { "https://schemas.openid.net/secevent/x" } })).Status);
            Assert.Equal(400, (await Own.SendAsync(method, Configuration, new { stream_id = id, delivery = new { method = Receiver.Poll, endpoint_url = "https://elsewhere.example.com/poll" } })).Status);
            Assert.Equal(400, (await Own.SendAsync(method, Configuration, new { description = "which?" })).Status);
            Assert.Equal(404, (await Own.SendAsync(method, Configuration, new { stream_id = Unknown, description = "mine" })).Status);
        }

        Assert.Equal(404, (await DeletedAsync(Unknown)).Status);
        Assert.Equal(404, (await Own.SendAsync(HttpMethod.Get, "status_endpoint", query: $"?stream_id={Unknown}")).Status);
        Assert.Equal(404, (await Own.SendAsync(HttpMethod.Post, "verification_endpoint", new { stream_id = Unknown })).Status);
        Assert.Equal(404, (await Own.SendAsync(HttpMethod.Post, "status_endpoint", new { stream_id = Unknown, status = "paused" })).Status);
        Assert.Equal(400, (await Own.SendAsync(HttpMethod.Post, "status_endpoint", new { stream_id = id, status = "sleeping" })).Status);
        Assert.Equal(400, (await Own.SendAsync(HttpMethod.Post, "add_subject_endpoint", new { stream_id = id, subject = "maria" })).Status);
    }

    [Fact]
    public async Task The_status_is_read_and_set()
    {
        var id = await Own.CreatedAsync();
        Assert.Equal($$"""{"stream_id":"{{id}}","status":"enabled"}""", (await Own.SendAsync(HttpMethod.Get, "status_endpoint", query: $"?stream_id={id}")).Text);
        foreach (var status in new[] { "paused", "disabled", "enabled" })
        {
            var set = await Own.SendAsync(HttpMethod.Post, "status_endpoint", new { stream_id = id, status, reason = "Maintenance" });
            Assert.Equal((200, $$"""{"stream_id":"{{id}}","status":"{{status}}","reason":"Maintenance"}"""), (set.Status, set.Text));
        }
    }

    [Fact]
    public async Task I14_A_receiver_has_a_bounded_number_of_streams()
    {
        for (var count = 0; count < 5; count++)
        {
            await Own.CreatedAsync();
        }

        (await Own.CreateAsync()).Problem(409, ProblemCodes.Conflict);
        await Task.WhenAll((await Own.SendAsync(HttpMethod.Get, Configuration)).Json.EnumerateArray().Select(one => DeletedAsync(one.GetProperty("stream_id").GetString()!)));
    }

    [Fact]
    public async Task Without_the_role_or_a_scope_and_for_people_the_door_is_closed()
    {
        var (id, endpoint) = (await Own.CreatedAsync(), await Own.EndpointAsync(Configuration));
        Assert.Equal(401, (await cloud.Api.SendAsync(HttpMethod.Get, endpoint)).Status);
        Assert.Equal(401, (await cloud.Api.SendAsync("not-a-token", HttpMethod.Post, endpoint, "{}")).Status);
        Assert.Equal(403, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, endpoint)).Status);
        var refused = await Receiver.Of(cloud, clientId, TestCloud.Tenant, "Authentication.Request").SendAsync(HttpMethod.Get, Configuration);
        Assert.Equal(403, refused.Status);
        Assert.Contains("insufficient_scope", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);

        Assert.Equal(200, (await cloud.Api.SendAsync(Scoped("ssf.read"), HttpMethod.Get, $"{endpoint}?stream_id={id}")).Status);
        Assert.Equal(403, (await cloud.Api.SendAsync(Scoped("ssf.read"), HttpMethod.Delete, $"{endpoint}?stream_id={id}")).Status);
        Assert.Equal(403, (await cloud.Api.SendAsync(Scoped("ssf.manage access_as_user"), HttpMethod.Delete, $"{endpoint}?stream_id={id}")).Status);
        Assert.Equal(204, (await cloud.Api.SendAsync(Scoped("ssf.manage"), HttpMethod.Delete, $"{endpoint}?stream_id={id}")).Status);
    }

    [Fact]
    public async Task The_local_sign_in_service_gives_a_receiver_the_scopes_that_it_asks_for()
    {
        var application = DemoApplication.Defaults[0];
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = application.ClientId,
            ["client_secret"] = "local",
            ["scope"] = "ssf.manage ssf.read",
        });
        using var answer = await http.PostAsync(new Uri(cloud.Test.Cloud.SignIn.Address, "/connect/token"), form, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        var token = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(JsonElement.Parse(text).GetProperty("access_token").GetString());
        Assert.Equal("ssf.manage ssf.read", string.Join(' ', token.Claims.Where(claim => claim.Type == "scope").Select(claim => claim.Value)));
        Assert.Contains("Events.Receive", token.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value));
    }

    [Fact]
    public async Task I9_An_issuer_of_another_tenant_is_not_there()
    {
        var neighbour = (await Own.EndpointAsync(Configuration)).Replace(TestCloud.Tenant, "fabrikam", StringComparison.Ordinal);
        var token = cloud.Issuer.Token(new TokenClaims
        {
            Subject = clientId,
            Roles = ["Events.Receive"],
            Scope = null,
            Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = clientId },
        });
        Assert.Equal(404, (await cloud.Api.SendAsync(token, HttpMethod.Post, neighbour, "{}")).Status);
        Assert.Equal(404, (await cloud.Api.SendAsync(token, HttpMethod.Get, neighbour)).Status);
    }

    private static IEnumerable<string> Texts(JsonElement stream, string name) => stream.GetProperty(name).EnumerateArray().Select(one => one.GetString()!);

    private string Scoped(string scope) => cloud.Issuer.Token(new TokenClaims
    {
        Subject = clientId,
        Roles = [],
        Scope = scope,
        Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = clientId },
    });

    private async Task<(int Status, string Text)> DeletedAsync(string id) =>
        await Own.SendAsync(HttpMethod.Delete, Configuration, query: $"?stream_id={id}") is var answer ? (answer.Status, answer.Text) : default;
}
