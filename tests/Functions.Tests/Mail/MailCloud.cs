using System.Text;
using System.Text.Json;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Users;
using BlokSec.Local.Mail;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Mail;

/// <summary>A whole system that sends mails, to a server that keeps them.</summary>
public sealed class MailCloud : IAsyncLifetime
{
    internal const string HelpDesk = "the help desk, phone extension 4242";

    internal TestCloud Test { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Test = await TestCloud.StartAsync(new TestCloudOptions { MailEnabled = true });

    public ValueTask DisposeAsync() => Test.DisposeAsync();

    /// <summary>A user with an address that nobody else has, and no mail on its way.</summary>
    internal async Task<(TestUser User, string Address)> NewUserAsync(int phones = 1, bool invited = false)
    {
        var user = await Test.NewUserAsync(phones, accounts: 0, invited: invited);
        var address = $"{UserTest.Unique("person")}@contoso.example";
        await Test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set("/email", address));
        return (user, address);
    }

    /// <summary>The mails to an address, oldest first.</summary>
    internal IReadOnlyList<ReceivedMail> MailsTo(string address) => [.. Test.Cloud.Mail.Mails.Where(mail => mail.Recipients.SequenceEqual([address]))];

    /// <summary>Waits until all work is done, and gives the mails to an address: so many there are, and no more.</summary>
    internal async Task<IReadOnlyList<ReceivedMail>> GotAsync(string address, int count)
    {
        await Test.UntilAsync(() => Task.FromResult(MailsTo(address).Count >= count ? this : null), $"{count} mails to {address}");
        await Test.QuietAsync();
        var mails = MailsTo(address);
        Assert.Equal(count, mails.Count);
        return mails;
    }

    /// <summary>Waits until the history of a user has entries of an action, and gives the newest.</summary>
    internal async Task<JsonElement> RecordedAsync(TestUser user, string action)
    {
        var found = await Test.UntilAsync(
            async () => (await SendAsync(HttpMethod.Get, $"users/{user.UserId}/audit")).Json.GetProperty("entries").EnumerateArray()
                .Where(entry => entry.GetProperty("action").GetString() == action).ToArray() is { Length: > 0 } entries ? entries : null,
            $"{action} is recorded");
        return found[0];
    }

    internal Task<RawAnswer> InvitationsAsync(bool areOn, string username = TestCloud.Alice) =>
        SendAsync(HttpMethod.Put, "mail/settings", $$"""{"invitations":{{(areOn ? "true" : "false")}}}""", username);

    internal Task<RawAnswer> InviteAsync(string address, string username = TestCloud.Alice) =>
        SendAsync(HttpMethod.Post, "users", $$"""{"givenName":"Ada","familyName":"Byron","email":"{{address}}"}""", username);

    /// <summary>Calls the API as an administrator.</summary>
    internal async Task<RawAnswer> SendAsync(HttpMethod method, string path, string? body = null, string username = TestCloud.Alice)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var answer = await Test.Admin(username).Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await RawAnswer.ReadAsync(answer);
    }
}
