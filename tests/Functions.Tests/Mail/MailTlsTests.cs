using BlokSec.Functions.Identities;
using BlokSec.Functions.Mail;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Mail;

public sealed class MailTlsTests
{
    [Fact]
    public async Task A_server_without_TLS_gets_neither_a_mail_nor_the_password()
    {
        await using var test = await TestCloud.StartAsync(new TestCloudOptions
        {
            MailEnabled = true,
            Settings = new Dictionary<string, string> { ["Mail__Tls"] = "StartTls" },
        });
        var user = await test.NewUserAsync();
        await test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set("/email", "maria@contoso.example"));

        await test.RemovedAsync(user, 0);

        var waiting = await test.UntilAsync(
            async () => (await test.AllAsync<MailDocument>(user, MailDocument.DocumentType)).SingleOrDefault(mail => mail.Reason is not null), "the mail waits");
        Assert.Contains("TLS", waiting.Reason, StringComparison.Ordinal);
        Assert.Empty(test.Cloud.Mail.Mails);
        Assert.DoesNotContain(test.Traffic.Seen, seen => seen.StandIn == "smtp");
    }

    [Fact]
    public async Task Where_mails_are_off_nobody_is_told_and_nothing_is_queued_for_it()
    {
        await using var test = await TestCloud.StartAsync();
        var user = await test.NewUserAsync(phones: 2);

        await test.RemovedAsync(user, 0);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);

        Assert.Empty(test.Cloud.Mail.Mails);
        Assert.DoesNotContain(test.Traffic.Seen, seen => seen is { StandIn: "servicebus", Operation: "send" } && seen.Path.StartsWith("/mails", StringComparison.Ordinal));
        Assert.Empty(await test.AllAsync<MailDocument>(user, MailDocument.DocumentType));
    }
}
