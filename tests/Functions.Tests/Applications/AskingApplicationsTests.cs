using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Applications;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Applications;

/// <summary>What an application may ask depends on what it is registered as.</summary>
public sealed class AskingApplicationsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Manager { get; } = cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Read", "Applications.Manage"] });

    [Fact]
    public async Task A_registered_application_asks_with_its_client_id_for_the_accounts_of_its_own_id()
    {
        var (client, user) = (NewClient(), await cloud.Test.NewUserAsync());
        var application = await CreateAsync(client);
        await AddAccountAsync(user, application.ApplicationId);

        Assert.Equal(202, (await AskAsync(client, user)).Status);
        await user.Phones[0].OpenAppAsync(Stop);

        var shown = Assert.Single(user.Phones[0].State.SignIns);
        Assert.Equal((application.ApplicationId, "Registered"), (shown.ApplicationId, shown.ApplicationName));
    }

    [Fact]
    public async Task A_disabled_application_is_refused_and_asks_again_when_it_is_enabled()
    {
        var (client, user) = (NewClient(), await cloud.Test.NewUserAsync());
        var application = await CreateAsync(client);
        await AddAccountAsync(user, application.ApplicationId);
        Assert.Equal(202, (await AskAsync(client, user)).Status);

        await SetAsync(application, ApplicationState.Disabled);
        (await AskAsync(client, user)).Problem(403, ProblemCodes.ApplicationDisabled);
        (await AskAsync(client, user, hint: "nobody")).Problem(403, ProblemCodes.ApplicationDisabled);

        await SetAsync(application, ApplicationState.Enabled);
        Assert.Equal(202, (await AskAsync(client, user)).Status);
    }

    [Fact]
    public async Task Another_instance_refuses_a_disabled_application_after_a_few_seconds()
    {
        var (client, user) = (NewClient(), await cloud.Test.NewUserAsync());
        var application = await CreateAsync(client);
        using var other = await cloud.StartAnotherAsync();
        Assert.Equal(202, (await AskAsync(client, user, api: other)).Status);

        await SetAsync(application, ApplicationState.Disabled);
        cloud.Test.Later(AskingApplications.RememberedFor);

        (await AskAsync(client, user, api: other)).Problem(403, ProblemCodes.ApplicationDisabled);
    }

    [Fact]
    public async Task A_registered_application_has_no_second_client_id()
    {
        var (client, user) = (NewClient(), await cloud.Test.NewUserAsync());
        var application = await CreateAsync(client);
        await AddAccountAsync(user, application.ApplicationId);

        // As if it were not registered: its id would be its client id then.
        (await AskAsync(application.ApplicationId, user)).Problem(403, ProblemCodes.ApplicationDisabled);
    }

    [Fact]
    public async Task An_application_that_is_not_registered_has_its_client_id_as_id()
    {
        var (client, user) = (NewClient(), await cloud.Test.NewUserAsync());
        await AddAccountAsync(user, client);

        Assert.Equal(202, (await AskAsync(client, user)).Status);
        await user.Phones[0].OpenAppAsync(Stop);

        Assert.Equal(client, Assert.Single(user.Phones[0].State.SignIns).ApplicationId);
    }

    private static string NewClient() => $"client-{Guid.NewGuid():N}";

    private async Task<ApplicationDetails> CreateAsync(string clientId)
    {
        var answer = await cloud.Api.SendAsync(
            Manager, HttpMethod.Post, "applications", JsonSerializer.Serialize(new { name = "Registered", clientId }));
        Assert.Equal(201, answer.Status);
        return JsonSerializer.Deserialize<ApplicationDetails>(answer.Text, AdminClient.Json)!;
    }

    private async Task SetAsync(ApplicationDetails application, ApplicationState state)
    {
        var answer = await cloud.Api.SendAsync(
            Manager, HttpMethod.Put, $"applications/{application.ApplicationId}/state", JsonSerializer.Serialize(new { state }, AdminClient.Json));
        Assert.Equal(200, answer.Status);
    }

    private Task<RawAnswer> AskAsync(string clientId, TestUser user, string? hint = null, RawApi? api = null)
    {
        var token = cloud.Issuer.Token(new TokenClaims
        {
            Subject = clientId,
            Roles = ["Authentication.Request"],
            Scope = null,
            Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = clientId },
        });
        return (api ?? cloud.Api).SendAsync(
            token, HttpMethod.Post, "authentication-requests", JsonSerializer.Serialize(new { login_hint = hint ?? user.UserId }));
    }

    private Task AddAccountAsync(TestUser user, string applicationId) => cloud.Test.CreateAsync<AccountDocument>(user, [new AccountDocument
    {
        Id = AccountDocument.IdOf("registered"),
        TenantId = user.TenantId,
        UserId = user.UserId,
        AccountId = "registered",
        ApplicationId = applicationId,
        ApplicationName = "As it was named once",
        AccountName = user.UserId,
        Epoch = 1,
    }]);
}
