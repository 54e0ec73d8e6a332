using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Applications;

public sealed class ApplicationTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Manager { get; } = cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Read", "Applications.Manage"] });

    [Fact]
    public async Task An_application_is_registered_edited_disabled_and_enabled_and_each_leaves_an_entry()
    {
        var client = NewClient();
        var created = await SendAsync(HttpMethod.Post, "applications", new { name = "Payroll", clientId = client });
        Assert.Equal(201, created.Status);
        var application = Read<ApplicationDetails>(created);
        Assert.Matches("^[0-9a-f]{32}$", application.ApplicationId);
        Assert.Equal(("Payroll", client, ApplicationState.Enabled), (application.Name, application.ClientId, application.State));
        Assert.EndsWith($"/api/applications/{application.ApplicationId}", created.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(application.ETag, created.Headers.ETag!.Tag);

        var path = $"applications/{application.ApplicationId}";
        var edited = Read<ApplicationDetails>(await SendAsync(HttpMethod.Patch, path, new { name = "Wages" }, ("If-Match", application.ETag)));
        Assert.Equal(("Wages", client), (edited.Name, edited.ClientId));
        (await SendAsync(HttpMethod.Patch, path, new { name = "Salaries" }, ("If-Match", application.ETag))).Problem(412, ProblemCodes.PreconditionFailed);
        (await SendAsync(HttpMethod.Patch, path, new { name = "Salaries" })).Problem(428, ProblemCodes.PreconditionRequired);
        Assert.Equal(200, (await SendAsync(HttpMethod.Put, $"{path}/state", new { state = "disabled", reason = "Attacked" })).Status);
        Assert.Equal(200, (await SendAsync(HttpMethod.Put, $"{path}/state", new { state = "disabled" })).Status);
        Assert.Equal(ApplicationState.Disabled, Read<ApplicationDetails>(await SendAsync(HttpMethod.Get, path)).State);
        Assert.Equal(200, (await SendAsync(HttpMethod.Put, $"{path}/state", new { state = "enabled" })).Status);

        var entries = Read<AuditEntryList>(await SendAsync(HttpMethod.Get, "audit/applications?pageSize=200")).Entries
            .Where(entry => entry.Targets.Contains(application.ApplicationId))
            .Reverse()
            .ToList();
        Assert.Equal(
            [AuditActions.ApplicationCreated, AuditActions.ApplicationEdited, AuditActions.ApplicationDisabled, AuditActions.ApplicationEnabled],
            entries.Select(entry => entry.Action));
        Assert.Equal(("Payroll", "Wages"), (entries[1].Before!["name"], entries[1].After!["name"]));
        Assert.Equal(("Disabled", "Attacked"), (entries[2].After!["state"], entries[2].Reason));
    }

    [Fact]
    public async Task The_same_key_registers_one_application_and_another_request_with_it_none()
    {
        var (client, key) = (NewClient(), Guid.NewGuid().ToString());
        var body = new { name = "Payroll", clientId = client };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(HttpMethod.Post, "applications", body, ("Idempotency-Key", key))));

        Assert.Single(answers.Select(answer => Read<ApplicationDetails>(answer).ApplicationId).Distinct());
        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        (await SendAsync(HttpMethod.Post, "applications", new { name = "Other", clientId = client }, ("Idempotency-Key", key)))
            .Problem(422, ProblemCodes.IdempotencyKeyReused);
    }

    [Fact]
    public async Task A_client_id_belongs_to_one_application_of_a_tenant_whoever_asks_at_the_same_moment()
    {
        var client = NewClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(number =>
            SendAsync(HttpMethod.Post, "applications", new { name = $"Number {number}", clientId = client })));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.Problem(409, ProblemCodes.ApplicationExists));
        var other = await CreateAsync("Other", NewClient());
        (await SendAsync(HttpMethod.Patch, $"applications/{other.ApplicationId}", new { clientId = client }, ("If-Match", "*")))
            .Problem(409, ProblemCodes.ApplicationExists);

        // In another tenant it is somebody else's.
        var theirs = await cloud.Api.SendAsync(Neighbour(), HttpMethod.Post, "applications", Json(new { name = "Theirs", clientId = client }));
        Assert.Equal(201, theirs.Status);
    }

    [Fact]
    public async Task Nobody_becomes_another_application_by_its_id()
    {
        var (first, second) = (await CreateAsync("First", NewClient()), await CreateAsync("Second", NewClient()));

        (await SendAsync(HttpMethod.Post, "applications", new { name = "Third", clientId = first.ApplicationId })).Problem(409, ProblemCodes.ApplicationExists);
        (await SendAsync(HttpMethod.Post, "applications", new { name = "Third", clientId = NewClient(), applicationId = first.ClientId }))
            .Problem(409, ProblemCodes.ApplicationExists);
        (await SendAsync(HttpMethod.Patch, $"applications/{second.ApplicationId}", new { clientId = first.ApplicationId }, ("If-Match", "*")))
            .Problem(409, ProblemCodes.ApplicationExists);
        (await SendAsync(HttpMethod.Post, "applications", new { name = "Third", clientId = NewClient(), applicationId = first.ApplicationId }))
            .Problem(409, ProblemCodes.ApplicationExists);
    }

    [Fact]
    public async Task An_application_is_found_by_a_part_of_its_name_in_its_tenant_alone()
    {
        var name = $"Pay {Guid.NewGuid():N}";
        var application = await CreateAsync(name, NewClient());
        await CreateAsync("Another", NewClient());
        var path = $"applications?search={Uri.EscapeDataString(name.ToUpperInvariant()[2..])}%20";

        Assert.Equal(application.ApplicationId, Assert.Single(Read<ApplicationList>(await SendAsync(HttpMethod.Get, path)).Applications).ApplicationId);
        Assert.Empty(Read<ApplicationList>(await cloud.Api.SendAsync(Neighbour(), HttpMethod.Get, path)).Applications);
        (await SendAsync(HttpMethod.Get, $"applications?search={new string('a', 101)}")).Problem(400, ProblemCodes.InvalidRequest);
    }

    [Fact]
    public async Task A_tenant_has_a_bounded_number_of_applications()
    {
        await CreateAsync("One more", NewClient());
        var key = new PartitionKeyBuilder().Add(TestCloud.Tenant).Add("~applications").Build();
        await SetAsync(ApplicationRegisterDocument.MaxApplications);
        try
        {
            (await SendAsync(HttpMethod.Post, "applications", new { name = "Too many", clientId = NewClient() })).Problem(409, ProblemCodes.ApplicationLimit);
        }
        finally
        {
            await SetAsync(1);
        }

        async Task SetAsync(int count)
        {
            using var answer = await cloud.Test.Cloud.Container.PatchItemStreamAsync(
                ApplicationRegisterDocument.DocumentId, key, [PatchOperation.Set("/count", count)], cancellationToken: Stop);
            answer.EnsureSuccessStatusCode();
        }
    }

    [Fact]
    public async Task I9_for_another_tenant_the_application_does_not_exist()
    {
        var application = await CreateAsync("Ours", NewClient());
        var path = $"applications/{application.ApplicationId}";

        (await cloud.Api.SendAsync(Neighbour(), HttpMethod.Get, path)).Problem(404, ProblemCodes.NotFound);
        (await cloud.Api.SendAsync(Neighbour(), HttpMethod.Patch, path, """{"name":"Theirs"}""", ("If-Match", "*"))).Problem(404, ProblemCodes.NotFound);
        (await cloud.Api.SendAsync(Neighbour(), HttpMethod.Put, $"{path}/state", """{"state":"disabled"}""")).Problem(404, ProblemCodes.NotFound);
        Assert.DoesNotContain(
            application.ApplicationId, (await cloud.Api.SendAsync(Neighbour(), HttpMethod.Get, "applications?pageSize=200")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            application.ApplicationId, (await cloud.Api.SendAsync(Neighbour(), HttpMethod.Get, "audit/applications")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Users.Read", "Devices.Manage", "Users.Manage")]
    [InlineData("Authentication.Request")]
    public async Task Only_who_manages_applications_changes_them(params string[] roles)
    {
        var application = await CreateAsync("Ours", NewClient());
        var token = cloud.Issuer.Token(new TokenClaims { Roles = roles });
        var path = $"applications/{application.ApplicationId}";

        (await cloud.Api.SendAsync(token, HttpMethod.Post, "applications", Json(new { name = "X", clientId = NewClient() }))).Problem(403, ProblemCodes.Forbidden);
        (await cloud.Api.SendAsync(token, HttpMethod.Patch, path, """{"name":"X"}""", ("If-Match", "*"))).Problem(403, ProblemCodes.Forbidden);
        (await cloud.Api.SendAsync(token, HttpMethod.Put, $"{path}/state", """{"state":"disabled"}""")).Problem(403, ProblemCodes.Forbidden);
    }

    [Theory]
    [InlineData("""{"name":"Payroll\u202egnp","clientId":"c"}""", "name")]
    [InlineData("""{"name":"  ","clientId":"c"}""", "name")]
    [InlineData("""{"name":"Payroll","clientId":"a b"}""", "clientId")]
    [InlineData("""{"name":"Payroll","clientId":"c/../d"}""", "clientId")]
    [InlineData("""{"name":"Payroll","clientId":"c","applicationId":"~applications"}""", "applicationId")]
    [InlineData("""{"name":"Payroll","clientId":"c","state":"disabled"}""", "state")]
    [InlineData("""{"name":"Payroll","clientId":"c","tenantId":"fabrikam"}""", "tenantId")]
    public async Task A_hostile_name_or_a_member_that_is_not_the_callers_affair_is_refused(string body, string field) =>
        Assert.True((await cloud.Api.SendAsync(Manager, HttpMethod.Post, "applications", body)).Problem(400, ProblemCodes.InvalidRequest)
            .GetProperty("errors").TryGetProperty(field, out _));

    [Fact]
    public async Task The_list_is_paged()
    {
        var created = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            created.Add((await CreateAsync($"Listed {number}", NewClient())).ApplicationId);
        }

        var (listed, next) = (new List<string>(), (string?)null);
        do
        {
            var page = Read<ApplicationList>(await SendAsync(HttpMethod.Get, $"applications?pageSize=2{(next is null ? "" : $"&continuation={next}")}"));
            Assert.True(page.Applications.Count <= 2);
            listed.AddRange(page.Applications.Select(application => application.ApplicationId));
            next = page.Continuation;
        }
        while (next is not null);

        Assert.Equal(listed.Distinct(), listed);
        Assert.Empty(created.Except(listed));
    }

    private static string NewClient() => $"client-{Guid.NewGuid():N}";

    private static string Json(object body) => JsonSerializer.Serialize(body);

    private static T Read<T>(RawAnswer answer)
    {
        Assert.True(answer.Status is 200 or 201, answer.Text);
        return JsonSerializer.Deserialize<T>(answer.Text, AdminClient.Json)!;
    }

    private string Neighbour() => cloud.Issuer.Token(
        new TokenClaims { Subject = "felix", Tenant = "fabrikam", Roles = ["Users.Read", "Applications.Manage"] });

    private async Task<ApplicationDetails> CreateAsync(string name, string clientId) =>
        Read<ApplicationDetails>(await SendAsync(HttpMethod.Post, "applications", new { name, clientId }));

    private Task<RawAnswer> SendAsync(HttpMethod method, string path, object? body = null, params IEnumerable<(string Name, string Value)> headers) =>
        cloud.Api.SendAsync(Manager, method, path, body is null ? null : Json(body), headers);
}
