using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class SignInTenantAttackTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task I9_An_application_of_another_tenant_with_the_same_client_id_reaches_no_user_and_no_request()
    {
        var (ours, theirs) = await cloud.Test.NamesakesAsync();
        var asked = await AskAsync(TestCloud.Tenant, ours.UserId);
        var id = asked.GetProperty("auth_req_id").GetString();

        (await cloud.Api.SendAsync(cloud.PayrollToken("fabrikam"), HttpMethod.Get, $"authentication-requests/{id}")).Problem(404, ProblemCodes.NotFound);
        await AskAsync("fabrikam", ours.UserId);

        Assert.Single(await PendingAsync(ours));
        Assert.Empty(await PendingAsync(theirs));
        var mine = await cloud.Api.SendAsync(cloud.PayrollToken(TestCloud.Tenant), HttpMethod.Get, $"authentication-requests/{id}");
        Assert.Equal((200, "pending"), (mine.Status, mine.Json.GetProperty("status").GetString()));
    }

    private async Task<JsonElement> AskAsync(string tenant, string hint)
    {
        var answer = await cloud.Api.SendAsync(cloud.PayrollToken(tenant), HttpMethod.Post, "authentication-requests", $$"""{"login_hint":"{{hint}}"}""");
        Assert.Equal(202, answer.Status);
        return answer.Json;
    }

    private async Task<IEnumerable<AuthenticationRequestDocument>> PendingAsync(TestUser user) =>
        (await cloud.Test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType))
        .Where(request => request.Status == AuthenticationRequestStatus.Pending);
}
