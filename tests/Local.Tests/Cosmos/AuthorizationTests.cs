using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Azure.Core;
using BlokSec.Local.Cosmos;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class AuthorizationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_key_of_the_account_is_accepted()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        await using var standIn = await CosmosStandIn.StartAsync(new() { Key = key }, new Traffic());
        using var good = new CosmosClient(standIn.Address.ToString(), key, CosmosFixture.Options);
        using var bad = new CosmosClient(standIn.Address.ToString(), CosmosStandInOptions.EmulatorKey, CosmosFixture.Options);
        await good.CreateDatabaseAsync("d", cancellationToken: Cancellation);
        var problem = await Assert.ThrowsAsync<CosmosException>(() => bad.GetDatabase("d").ReadAsync(cancellationToken: Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, problem.StatusCode);
    }

    [Fact]
    public async Task A_request_without_authorization_is_refused()
    {
        await using var standIn = await CosmosStandIn.StartAsync(new(), new Traffic());
        using var http = new HttpClient();
        using var answer = await http.GetAsync(standIn.Address, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("\"code\":\"Unauthorized\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_accepted_when_the_composition_says_so()
    {
        await using var standIn = await CosmosStandIn.StartAsync(
            new() { ValidateToken = token => Task.FromResult(token == "good.token") }, new Traffic());
        var credential = new FixedCredential("good.token");
        using var good = new CosmosClient(standIn.Address.ToString(), credential, CosmosFixture.Options);
        using var bad = new CosmosClient(standIn.Address.ToString(), new FixedCredential("bad.token"), CosmosFixture.Options);
        await good.CreateDatabaseAsync("d", cancellationToken: Cancellation);
        var container = (await good.GetDatabase("d").CreateContainerAsync(new("c", "/userId"), cancellationToken: Cancellation)).Container;
        await container.CreateItemAsync(new Thing("a"), new PartitionKey("u1"), cancellationToken: Cancellation);
        var problem = await Assert.ThrowsAsync<CosmosException>(() => bad.GetDatabase("d").ReadAsync(cancellationToken: Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, problem.StatusCode);

        // The scope is made of the host of the endpoint alone: https, no port.
        Assert.Equal(["https://127.0.0.1/.default"], credential.Scopes.Distinct());
    }

    [Fact]
    public async Task No_token_is_accepted_when_nobody_validates_tokens()
    {
        await using var standIn = await CosmosStandIn.StartAsync(new(), new Traffic());
        using var client = new CosmosClient(standIn.Address.ToString(), new FixedCredential("a.b.c"), CosmosFixture.Options);
        var problem = await Assert.ThrowsAsync<CosmosException>(() => client.GetDatabase("d").ReadAsync(cancellationToken: Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, problem.StatusCode);
    }

    private sealed class FixedCredential(string token) : TokenCredential
    {
        public ConcurrentQueue<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            foreach (var scope in requestContext.Scopes)
            {
                Scopes.Enqueue(scope);
            }

            return new AccessToken(token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
