using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.Users;

public sealed class ChangeUserTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_profile_is_changed_and_the_audit_has_before_and_after()
    {
        var email = $"{Unique("ada")}@example.com";
        var userId = await cloud.InvitedAsync(email);
        var etag = (await cloud.UserAsync(userId)).GetProperty("eTag").GetString()!;

        var answer = await cloud.ChangeAsync(userId, """{"familyName":"Lovelace","mobile":"+44 20 7946 0958"}""", etag);

        Assert.Equal(204, answer.Status);
        Assert.NotEqual(etag, answer.Headers.ETag!.Tag);
        var user = await cloud.UserAsync(userId);
        Assert.Equal(
            ("Ada", "Lovelace", "+442079460958", email),
            (user.GetProperty("givenName").GetString(), user.GetProperty("familyName").GetString(), user.GetProperty("mobile").GetString(), user.GetProperty("email").GetString()));
        var found = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "users?search=lovelace%20442079460958");
        Assert.Contains(found.Json.GetProperty("users").EnumerateArray(), one => one.GetProperty("userId").GetString() == userId);
        var audit = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{userId}/audit");
        var entry = audit.Json.GetProperty("entries").EnumerateArray().First(one => one.GetProperty("action").GetString() == AuditActions.UserChanged);
        Assert.Equal("""{"familyName":"Byron","mobile":null}""", entry.GetProperty("before").GetRawText());
        Assert.Equal("""{"familyName":"Lovelace","mobile":"+442079460958"}""", entry.GetProperty("after").GetRawText());
    }

    [Fact]
    public async Task Who_saw_an_older_user_changes_nothing()
    {
        var userId = await cloud.InvitedAsync($"{Unique("ada")}@example.com");
        var etag = (await cloud.UserAsync(userId)).GetProperty("eTag").GetString()!;
        await cloud.ChangeAsync(userId, """{"givenName":"Augusta"}""", etag);

        (await cloud.ChangeAsync(userId, """{"givenName":"Bea"}""", etag)).Problem(412, ProblemCodes.PreconditionFailed);
        (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Patch, $"users/{userId}", "{}")).Problem(428, ProblemCodes.PreconditionRequired);
        Assert.Equal("Augusta", (await cloud.UserAsync(userId)).GetProperty("givenName").GetString());
    }

    [Fact]
    public async Task What_changes_nothing_leaves_no_entry()
    {
        var userId = await cloud.InvitedAsync($"{Unique("ada")}@example.com");

        Assert.Equal(204, (await cloud.ChangeAsync(userId, """{"givenName":"Ada"}""")).Status);
        Assert.Equal(204, (await cloud.ChangeAsync(userId, "{}")).Status);
        Assert.Single(await cloud.ActionsAsync(userId));
    }

    [Fact]
    public async Task An_address_that_somebody_has_is_refused_and_one_that_was_given_up_is_free_at_once()
    {
        var (ada, bea) = ($"{Unique("ada")}@example.com", $"{Unique("bea")}@example.com");
        var adaId = await cloud.InvitedAsync(ada);
        var beaId = await cloud.InvitedAsync(bea);

        (await cloud.ChangeAsync(beaId, $$"""{"email":"{{ada.ToUpperInvariant()}}"}""")).Problem(409, ProblemCodes.EmailInUse);
        Assert.Equal(204, (await cloud.ChangeAsync(adaId, $$"""{"email":"{{Unique("new")}}@example.com"}""")).Status);
        Assert.Equal(204, (await cloud.ChangeAsync(beaId, $$"""{"email":"{{ada}}"}""")).Status);
        (await cloud.ChangeAsync(adaId, $$"""{"email":"{{ada}}"}""")).Problem(409, ProblemCodes.EmailInUse);
    }

    [Fact]
    public async Task Two_who_want_one_address_at_once_never_both_get_it()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => cloud.InvitedAsync($"{Unique("ada")}@example.com")));
        for (var round = 0; round < 5; round++)
        {
            var wanted = $"{Unique("wanted")}@example.com";
            var answers = await Task.WhenAll(ids.Select(id => cloud.ChangeAsync(id, $$"""{"email":"{{wanted}}"}""")));
            var emails = await Task.WhenAll(ids.Select(async id => (await cloud.UserAsync(id)).GetProperty("email").GetString()));

            Assert.Equal(1, answers.Count(answer => answer.Status == 204));
            Assert.Single(emails, wanted);
        }
    }

    [Fact]
    public async Task I9_A_user_of_another_tenant_does_not_exist()
    {
        var userId = await cloud.InvitedAsync($"{Unique("ada")}@example.com");

        (await cloud.ChangeAsync(userId, """{"givenName":"Eve"}""", token: cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);
        (await cloud.SuspendAsync(userId, cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);
        (await cloud.ChangeAsync(userId, """{"givenName":"Eve"}""", token: cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Read", "Devices.Manage"] })))
            .Problem(403, ProblemCodes.Forbidden);
    }
}
