using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Users;
using Microsoft.Extensions.DependencyInjection;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.Users;

public sealed class InviteUserTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_person_who_is_invited_is_listed_and_has_a_claim_to_enroll_with()
    {
        var email = $"{Unique("ada")}@example.com";
        var answer = await cloud.InviteAsync(email, further: """,   "mobile":"+1 (416) 555-0134", "externalId":"E-7" """);

        Assert.Equal(201, answer.Status);
        var userId = answer.Json.GetProperty("userId").GetString()!;
        Assert.Equal($"/api/users/{userId}", answer.Headers.Location!.OriginalString);
        Assert.Equal("open", answer.Json.GetProperty("claim").GetProperty("state").GetString());
        Assert.Contains($"claim#contoso.{userId}.", answer.Json.GetProperty("claim").GetProperty("link").GetString(), StringComparison.Ordinal);
        var user = await cloud.UserAsync(userId);
        Assert.Equal(
            ("invited", "+14165550134", "E-7", email, 1),
            (Text(user, "state"), Text(user, "mobile"), Text(user, "externalId"), Text(user, "userName"), user.GetProperty("epoch").GetInt64()));
        var list = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users?search={Uri.EscapeDataString(email)}");
        Assert.Equal([userId], list.Json.GetProperty("users").EnumerateArray().Select(found => Text(found, "userId")));
        Assert.Equal(AuditActions.UserInvited, Assert.Single(await cloud.ActionsAsync(userId)));
    }

    [Fact]
    public async Task Whoever_manages_users_but_no_devices_is_not_shown_the_link()
    {
        var inviter = cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Manage"] });
        var answer = await cloud.InviteAsync($"{Unique("ada")}@example.com", inviter);

        Assert.False(answer.Json.GetProperty("claim").TryGetProperty("link", out var link) && link.ValueKind != JsonValueKind.Null);
    }

    [Theory]
    [InlineData("{0}@Example.COM")]
    [InlineData("{0}@example.com")]
    [InlineData("{0}@ｅxample.com")]
    public async Task An_email_address_is_given_once_in_a_tenant_however_it_is_written(string again)
    {
        var name = Unique("zoë");
        await cloud.InvitedAsync($"{name}@example.com");

        (await cloud.InviteAsync(string.Format(null, again, name.ToUpperInvariant()))).Problem(409, ProblemCodes.EmailInUse);
        (await cloud.InviteAsync($"{name.Normalize(System.Text.NormalizationForm.FormD)}@example.com")).Problem(409, ProblemCodes.EmailInUse);
        await cloud.InvitedAsync($"{name}@example.com", cloud.Neighbour);
        await cloud.InvitedAsync($"{name.Replace("ë", "e", StringComparison.Ordinal)}@example.com");
    }

    [Fact]
    public async Task Of_twenty_who_invite_the_same_person_at_once_one_does()
    {
        var email = $"{Unique("ada")}@example.com";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cloud.InviteAsync(email)));

        Assert.Equal(1, answers.Count(answer => answer.Status == 201));
        Assert.Equal(19, answers.Count(answer => answer.Code == ProblemCodes.EmailInUse));
    }

    [Fact]
    public async Task The_same_key_invites_once_and_another_person_with_it_is_refused()
    {
        var (email, key) = ($"{Unique("ada")}@example.com", Guid.NewGuid().ToString());
        var first = await cloud.InviteAsync(email, key: key);
        var again = await cloud.InviteAsync(email, key: key);

        Assert.Equal((201, 200), (first.Status, again.Status));
        Assert.Equal(first.Json.GetProperty("userId").GetString(), again.Json.GetProperty("userId").GetString());
        (await cloud.InviteAsync($"{Unique("bea")}@example.com", key: key)).Problem(422, ProblemCodes.IdempotencyKeyReused);
        await cloud.ChangeAsync(first.Json.GetProperty("userId").GetString()!, $$"""{"email":"{{Unique("new")}}@example.com"}""");
        await cloud.InvitedAsync(email);
        Assert.Equal(200, (await cloud.InviteAsync(email, key: key)).Status);
    }

    [Fact]
    public async Task A_name_that_was_entered_for_a_user_who_never_came_is_free_again_after_two_minutes()
    {
        var email = $"{Unique("ada")}@example.com";
        await cloud.Test.Services.GetRequiredService<UniqueNames>().EnterAsync(
            new UserKey("contoso", "never-came"), [(NameUse.Email, FoldedNames.Fold(email))], replaces: null, by: null, Stop);

        (await cloud.InviteAsync(email)).Problem(409, ProblemCodes.EmailInUse);
        cloud.Test.Later(TimeSpan.FromMinutes(3));
        await cloud.InvitedAsync(email);
    }

    [Theory]
    [InlineData("email", "maria")]
    [InlineData("email", "maria@")]
    [InlineData("email", "@example.com")]
    [InlineData("email", "maria@@example.com")]
    [InlineData("email", "maria@exa mple.com")]
    [InlineData("email", "ma,ria@example.com")]
    [InlineData("email", "maria@example..com")]
    [InlineData("email", "<maria@example.com>")]
    [InlineData("email", "maria@-example.com")]
    [InlineData("email", "maria\u202e@example.com")]
    [InlineData("mobile", "555-0134")]
    [InlineData("mobile", "hello")]
    [InlineData("mobile", "+1")]
    [InlineData("mobile", "+14165550134;ext=5")]
    [InlineData("givenName", "Ada\u202eByron")]
    [InlineData("familyName", " ")]
    [InlineData("externalId", "a\u0000b")]
    public async Task What_is_wrong_is_named_and_nobody_is_made(string field, string value)
    {
        var body = new Dictionary<string, string>
        {
            ["givenName"] = "Ada",
            ["familyName"] = Unique("byron"),
            ["email"] = $"{Unique("ada")}@example.com",
            [field] = value,
        };
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, "users", JsonSerializer.Serialize(body));

        Assert.Equal(field, Assert.Single(answer.Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task A_member_that_nobody_asked_for_is_refused()
    {
        foreach (var member in (string[])["did", "epoch", "tenantId", "userId", "suspension", "accountCount", "state"])
        {
            Assert.Equal(400, (await cloud.InviteAsync($"{Unique("ada")}@example.com", further: $",\"{member}\":1")).Status);
        }
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
