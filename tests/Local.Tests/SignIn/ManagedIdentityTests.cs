using System.Net;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using BlokSec.Local.Faults;
using BlokSec.Local.SignIn;

namespace BlokSec.Local.Tests.SignIn;

/// <summary>The credential finds the endpoint through environment variables of the process, so these tests run alone.</summary>
[CollectionDefinition(nameof(ManagedIdentityEnvironment), DisableParallelization = true)]
public sealed class ManagedIdentityEnvironment;

[Collection(nameof(ManagedIdentityEnvironment))]
public sealed class ManagedIdentityTests : IAsyncLifetime
{
    private const string ServiceBus = "https://servicebus.azure.net";

    private readonly Traffic traffic = new();
    private SignInStandIn signIn = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        signIn = await SignInStandIn.StartAsync(new SignInStandInOptions(), traffic);
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", signIn.IdentityEndpointAddress.AbsoluteUri);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", "local-identity");
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
        await signIn.DisposeAsync();
    }

    [Theory]
    [InlineData(ServiceBus + "/.default", ServiceBus)]
    [InlineData("https://127.0.0.1/.default", "https://127.0.0.1")]
    [InlineData("https://account.documents.azure.com/.default", "https://account.documents.azure.com")]
    public async Task The_Azure_SDK_gets_a_token_that_the_other_stand_ins_accept(string scope, string audience)
    {
        var credential = new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
        var token = await credential.GetTokenAsync(new TokenRequestContext([scope]), CancellationToken);

        Assert.True(await signIn.ValidateAccessTokenAsync(token.Token, audience));
        Assert.True(await signIn.ValidateAccessTokenAsync(token.Token, audience + "/"));
        Assert.True(await signIn.ValidateAccessTokenAsync(token.Token, "https://other.example", audience));
        Assert.False(await signIn.ValidateAccessTokenAsync(token.Token, "https://other.example"));
        Assert.True(token.ExpiresOn > TimeProvider.System.GetUtcNow().AddHours(23));
        Assert.Contains(traffic.Seen, request => request.Operation == "identity-token");
    }

    [Fact]
    public async Task Garbage_and_tokens_of_another_issuer_are_refused()
    {
        await using var other = await SignInStandIn.StartAsync(new SignInStandInOptions(), traffic);
        var token = await TokenAsync(other, "local-identity", $"?resource={ServiceBus}&api-version=2019-08-01");

        Assert.True(await other.ValidateAccessTokenAsync(token.GetProperty("access_token").GetString()!, ServiceBus));
        Assert.False(await signIn.ValidateAccessTokenAsync(token.GetProperty("access_token").GetString()!, ServiceBus));
        Assert.False(await signIn.ValidateAccessTokenAsync("garbage", ServiceBus));
        Assert.False(await signIn.ValidateAccessTokenAsync("", ServiceBus));
    }

    [Fact]
    public async Task The_answer_is_that_of_App_Service()
    {
        var answer = await TokenAsync(signIn, "local-identity", $"?resource={ServiceBus}&api-version=2019-08-01&client_id=mine");
        Assert.Equal("Bearer", answer.GetProperty("token_type").GetString());
        Assert.Equal(ServiceBus, answer.GetProperty("resource").GetString());
        Assert.Equal("mine", answer.GetProperty("client_id").GetString());
        Assert.True(long.Parse(answer.GetProperty("expires_on").GetString()!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Theory]
    [InlineData("wrong", "?resource=r&api-version=2019-08-01", HttpStatusCode.Unauthorized)]
    [InlineData("local-identity", "?resource=r&api-version=2017-09-01", HttpStatusCode.BadRequest)]
    [InlineData("local-identity", "?api-version=2019-08-01", HttpStatusCode.BadRequest)]
    public async Task A_wrong_question_is_refused(string header, string query, HttpStatusCode status)
    {
        using var answer = await GetAsync(signIn, header, query);
        Assert.Equal(status, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(SignInStandIn from, string header, string query)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, from.IdentityEndpointAddress + query);
        request.Headers.Add("X-IDENTITY-HEADER", header);
        return await client.SendAsync(request, CancellationToken);
    }

    private static async Task<JsonElement> TokenAsync(SignInStandIn from, string header, string query)
    {
        using var answer = await GetAsync(from, header, query);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken));
        return json.RootElement.Clone();
    }
}
