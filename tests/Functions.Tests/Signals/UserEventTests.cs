using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Scim;
using BlokSec.Functions.Tests.Users;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>Events about accounts that are removed, addresses that change and users who can register again.</summary>
public sealed class UserEventTests(OpenCloud cloud) : IClassFixture<OpenCloud>, IAsyncLifetime
{
    private const string Base = "https://schemas.openid.net/secevent/risc/event-type/";

    private readonly List<(Receiver Receiver, string StreamId)> streams = [];

    private TestCloud Test => cloud.Test;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var (receiver, streamId) in streams)
        {
            await receiver.SendAsync(HttpMethod.Delete, "configuration_endpoint", query: $"?stream_id={streamId}");
        }
    }

    [Fact]
    public async Task I9_A_removed_account_ends_the_sessions_of_its_application_and_no_other_learns_of_it()
    {
        var (payroll, travel) = (Receiver.NewClientId(), Receiver.NewClientId());
        var (own, other, neighbour) = (await StreamAsync(payroll), await StreamAsync(travel), await StreamAsync(payroll, "fabrikam"));
        var user = await Test.NewUserAsync(accounts: 0);
        var (account, kept) = (await AddedAsync(user, payroll), await AddedAsync(user, travel));

        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}")).Status);
        Assert.Equal(404, (await SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}")).Status);

        var told = Assert.Single(await GotAsync(own, 1));
        Assert.Equal((Receiver.SessionRevoked, payroll), (told.Type, told.Claims.GetProperty("aud").GetString()));
        Assert.Equal("The user's account in the application was removed.", told.Event.GetProperty("reason_admin").GetProperty("en").GetString());
        Assert.Equal("admin", told.Event.GetProperty("initiating_entity").GetString());
        Assert.Equal((await Test.UserDocumentAsync(user)).Email, told.Claims.GetProperty("sub_id").GetProperty("email").GetString());
        await AssertNoMoreAsync(user, (own, 1), (other, 0), (neighbour, 0));

        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{kept.AccountId}")).Status);
        Assert.Equal("session-revoked", Assert.Single(await GotAsync(other, 1)).Name);
        await AssertNoMoreAsync(user, (own, 1), (other, 1), (neighbour, 0));
    }

    [Fact]
    public async Task Several_removed_accounts_are_told_once_to_each_of_their_applications()
    {
        var clients = Enumerable.Range(0, 3).Select(_ => Receiver.NewClientId()).ToArray();
        var own = new List<(Receiver Receiver, string StreamId)>();
        foreach (var client in clients)
        {
            own.Add(await StreamAsync(client));
        }

        var user = await Test.NewUserAsync(accounts: 0);
        var applications = await Task.WhenAll(clients.Select(RegisteredAsync));
        var accounts = new List<AccountDetails>();
        foreach (var number in Enumerable.Range(0, 6))
        {
            accounts.Add(await AddedAsync(user, applications[number / 2], $"name-{number}"));
        }

        // One account of the first application, both of the second one; then by application the rest of the first.
        var several = new { confirmation = ConfirmationPhrases.RemoveAccounts, accountIds = accounts.Skip(1).Take(3).Select(account => account.AccountId) };
        Assert.Equal(202, (await SendAsync(HttpMethod.Post, $"users/{user.UserId}/accounts/removal", several, "several")).Status);
        Assert.InRange((await SendAsync(HttpMethod.Post, $"users/{user.UserId}/accounts/removal", several, "several")).Status, 200, 202);
        Assert.Equal("session-revoked", Assert.Single(await GotAsync(own[0], 1)).Name);
        Assert.Equal("session-revoked", Assert.Single(await GotAsync(own[1], 1)).Name);
        await AssertNoMoreAsync(user, (own[0], 1), (own[1], 1), (own[2], 0));

        var rest = new { confirmation = ConfirmationPhrases.RemoveAccounts, applicationId = applications[0].ApplicationId };
        Assert.Equal(202, (await SendAsync(HttpMethod.Post, $"users/{user.UserId}/accounts/removal", rest)).Status);
        await GotAsync(own[0], 2);
        await AssertNoMoreAsync(user, (own[0], 2), (own[1], 1), (own[2], 0));
        Assert.Equal(2, (await Test.UserDocumentAsync(user)).AccountCount);
    }

    [Fact]
    public async Task I3_A_removed_account_is_told_later_when_the_bus_was_out()
    {
        var payroll = Receiver.NewClientId();
        var own = await StreamAsync(payroll);
        var user = await Test.NewUserAsync(accounts: 0);
        var account = await AddedAsync(user, payroll);
        using (Test.BusOut())
        {
            Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}")).Status);
        }

        Test.Time.Advance(TimeSpan.FromMinutes(3));
        Test.Cloud.ServiceBus.ClockMoved();
        Assert.True(await Test.Cloud.Host.RunTimerAsync("ResumeSignals"));

        Assert.Equal("session-revoked", Assert.Single(await GotAsync(own, 1)).Name);
    }

    [Fact]
    public async Task A_changed_address_is_told_under_the_one_of_before_to_receivers_who_know_users_by_it()
    {
        var byAddress = await StreamAsync(Receiver.NewClientId(), events: [$"{Base}identifier-changed"]);
        var byId = await StreamAsync(Receiver.NewClientId(), format: "iss_sub", events: [$"{Base}identifier-changed"]);
        var neighbour = await StreamAsync(Receiver.NewClientId(), "fabrikam", events: [$"{Base}identifier-changed"]);
        var addresses = Enumerable.Range(0, 3).Select(_ => $"{UserTest.Unique("ada")}@contoso.example").ToArray();
        var userId = await cloud.InvitedAsync(addresses[0]);

        Assert.Equal(204, (await cloud.ChangeAsync(userId, $$"""{"email":"{{addresses[1]}}"}""")).Status);
        Assert.Equal(204, (await cloud.ChangeAsync(userId, $$"""{"email":"{{addresses[1].ToUpperInvariant()}}"}""")).Status);
        Assert.Equal(204, (await cloud.ChangeAsync(userId, """{"givenName":"Augusta"}""")).Status);
        await GotAsync(byAddress, 1);
        Assert.Equal(204, (await cloud.ChangeAsync(userId, $$"""{"email":"{{addresses[2]}}"}""")).Status);

        var told = await GotAsync(byAddress, 2);
        Assert.Equal([(addresses[0], addresses[1]), (addresses[1].ToUpperInvariant(), addresses[2])], told.Select(Addresses));
        Assert.All(told, one => Assert.Single(one.Event.EnumerateObject()));
        await Test.QuietAsync();
        Assert.Equal(2, (await FetchAsync(byAddress)).Count);
        Assert.Empty(await FetchAsync(byId));
        Assert.Empty(await FetchAsync(neighbour));
    }

    [Fact]
    public async Task A_directory_that_changes_an_address_is_told_of_too()
    {
        var own = await StreamAsync(Receiver.NewClientId(), events: [$"{Base}identifier-changed"]);
        var (before, after) = (ScimTest.NewName(), ScimTest.NewName());
        var user = await cloud.ProvisionedAsync(before);
        var was = user.GetProperty("emails")[0].Text("value");

        var patched = await cloud.ScimAsync(
            HttpMethod.Patch,
            $"Users/{user.Id()}",
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"{{after}}"}]}""");

        Assert.InRange(patched.Status, 200, 204);
        Assert.Equal((was, after), Addresses(Assert.Single(await GotAsync(own, 1))));
    }

    [Fact]
    public async Task Who_was_registered_before_and_can_register_again_is_a_recovery_and_who_is_new_is_none()
    {
        var own = await StreamAsync(Receiver.NewClientId(), format: "iss_sub", events: [$"{Base}recovery-activated"]);
        var neighbour = await StreamAsync(Receiver.NewClientId(), "fabrikam", events: [$"{Base}recovery-activated"]);
        var fresh = await cloud.InvitedAsync($"{UserTest.Unique("ada")}@contoso.example");
        Assert.Equal(200, (await SendAsync(HttpMethod.Post, $"users/{fresh}/claim/renewal")).Status);
        var user = await Test.NewUserAsync(phones: 1);

        Assert.Equal(
            202, (await SendAsync(HttpMethod.Post, $"users/{user.UserId}/unregistration", new { confirmation = ConfirmationPhrases.UnregisterAllDevices })).Status);
        await GotAsync(own, 1);
        Assert.Equal(200, (await SendAsync(HttpMethod.Post, $"users/{user.UserId}/claim/renewal")).Status);

        var told = await GotAsync(own, 2);
        await Test.AtRestAsync(user);
        told = await FetchAsync(own);
        Assert.Equal(2, told.Count);
        Assert.All(told, one =>
        {
            Assert.Equal("recovery-activated", one.Name);
            Assert.Empty(one.Event.EnumerateObject());
            Assert.Equal(user.UserId, one.Claims.GetProperty("sub_id").GetProperty("sub").GetString());
        });
        Assert.Equal(2, told.Select(one => one.Id).Distinct().Count());
        Assert.Empty(await FetchAsync(neighbour));
    }

    private static (string? Before, string? After) Addresses(ReceivedEvent one) =>
        (one.Claims.GetProperty("sub_id").GetProperty("email").GetString(), one.Event.GetProperty("new-value").GetString());

    private async Task<(Receiver Receiver, string StreamId)> StreamAsync(
        string clientId, string tenant = TestCloud.Tenant, string format = "email", string[]? events = null)
    {
        var receiver = Receiver.Of(cloud, clientId, tenant);
        var made = await receiver.SendAsync(
            HttpMethod.Post, "configuration_endpoint", new { delivery = new { method = Receiver.Poll }, events_requested = events ?? [Receiver.SessionRevoked], format });
        Assert.True(made.Status == 201, made.Text);
        streams.Add((receiver, made.Json.GetProperty("stream_id").GetString()!));
        return streams[^1];
    }

    private Task<IReadOnlyList<ReceivedEvent>> GotAsync((Receiver Receiver, string StreamId) stream, int count) =>
        stream.Receiver.FetchAsync(Test, stream.StreamId, count);

    private static Task<IReadOnlyList<ReceivedEvent>> FetchAsync((Receiver Receiver, string StreamId) stream) => stream.Receiver.FetchAsync(stream.StreamId);

    /// <summary>When all work is done, each stream has got so many events.</summary>
    private async Task AssertNoMoreAsync(TestUser user, params ((Receiver Receiver, string StreamId) Stream, int Count)[] expected)
    {
        await Test.AtRestAsync(user);
        foreach (var (stream, count) in expected)
        {
            Assert.Equal(count, (await FetchAsync(stream)).Count);
        }
    }

    private Task<RawAnswer> SendAsync(HttpMethod method, string path, object? body = null, string? key = null) => cloud.Api.SendAsync(
        cloud.Admin, method, path, body is null ? null : JsonSerializer.Serialize(body), key is null ? [] : [("Idempotency-Key", key)]);

    private async Task<ApplicationDetails> RegisteredAsync(string clientId)
    {
        var answer = await SendAsync(HttpMethod.Post, "applications", new { name = "Payroll", clientId });
        Assert.True(answer.Status == 201, answer.Text);
        return JsonSerializer.Deserialize<ApplicationDetails>(answer.Text, Local.Demo.AdminClient.Json)!;
    }

    private async Task<AccountDetails> AddedAsync(TestUser user, string clientId) => await AddedAsync(user, await RegisteredAsync(clientId), "maria");

    private async Task<AccountDetails> AddedAsync(TestUser user, ApplicationDetails application, string name)
    {
        var answer = await SendAsync(HttpMethod.Post, $"users/{user.UserId}/accounts", new { applicationId = application.ApplicationId, accountName = name });
        Assert.True(answer.Status == 201, answer.Text);
        return JsonSerializer.Deserialize<AccountDetails>(answer.Text, Local.Demo.AdminClient.Json)!;
    }
}
