using System.Globalization;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Users;
using BlokSec.Local.Faults;
using BlokSec.Local.Mail;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using MimeKit;

namespace BlokSec.Functions.Tests.Mail;

/// <summary>People are told by mail what happened, when, where, by whom, and what to do if it was not them.</summary>
public sealed class MailTests(MailCloud cloud) : IClassFixture<MailCloud>
{
    private TestCloud Test => cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_phone_is_told_once_with_its_name_the_time_who_did_it_and_what_to_do()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 2);
        var (at, name) = (Test.Time.GetUtcNow(), user.Phones[0].State.Facts.Name);

        await RemoveAsync(user);

        var mail = (await cloud.GotAsync(address, 1))[0];
        Assert.Equal("BlokSec: a phone was removed from your account", mail.Subject);
        Assert.Contains("A phone was removed from your account.", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"\"{name}\"", mail.Text, StringComparison.Ordinal);
        Assert.Contains(at.ToString("d MMMM yyyy", CultureInfo.InvariantCulture), mail.Text, StringComparison.Ordinal);
        Assert.Contains(" UTC", mail.Text, StringComparison.Ordinal);
        Assert.Contains("By: an administrator of your organization", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"tell {MailCloud.HelpDesk} at once", mail.Text, StringComparison.Ordinal);
        AssertIsHarmless(mail);
        var told = await cloud.RecordedAsync(user, AuditActions.MailSent);
        Assert.Equal(address, told.GetProperty("after").GetProperty("to").GetString());
        Assert.Equal("phone removed", told.GetProperty("after").GetProperty("about").GetString());
    }

    [Fact]
    public async Task Unregistering_all_is_one_mail_and_the_claim_that_follows_another_without_its_code()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 2);
        string[] names = [.. user.Phones.Select(phone => phone.State.Facts.Name)];

        var claim = await Test.UnregisteredAsync(user);

        var mails = await cloud.GotAsync(address, 2);
        Assert.Equal(
            ["BlokSec: a new phone can be registered for you", "BlokSec: all your phones were unregistered"],
            mails.Select(mail => mail.Subject).Order(StringComparer.Ordinal));
        Assert.All(mails, AssertIsHarmless);
        Assert.All(Test.Cloud.Mail.Mails, mail => AssertHasNot(mail, claim.Code));
        Assert.All(names, name => Assert.Contains(mails, mail => mail.Text.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_phone_that_enrolls_is_told_with_the_address_that_it_called_from()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        var claim = await Test.UnregisteredAsync(user);
        await cloud.GotAsync(address, 2);

        Assert.Equal(201, (await Test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);

        var mail = (await cloud.GotAsync(address, 3))[2];
        Assert.Equal("BlokSec: a phone was added to your account", mail.Subject);
        Assert.Contains("From: IP address 127.0.0.1", mail.Text, StringComparison.Ordinal);
        Assert.Contains("By: a phone of your account", mail.Text, StringComparison.Ordinal);
        AssertIsHarmless(mail);
        AssertHasNot(mail, claim.Code);
    }

    [Fact]
    public async Task A_phone_that_is_restored_is_told()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);

        Assert.Equal(201, (await Test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);

        var mail = (await cloud.GotAsync(address, 1))[0];
        Assert.Equal("BlokSec: a phone was added from your backup", mail.Subject);
        AssertIsHarmless(mail);
    }

    [Fact]
    public async Task A_phone_that_its_user_unregisters_or_reports_as_lost_is_told_too()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 3);

        await user.Phones[0].ReportLostAsync(user.DeviceIds[1], Stop);
        var lost = (await cloud.GotAsync(address, 1))[0];
        Assert.Contains("reported as lost or stolen", lost.Text, StringComparison.Ordinal);
        Assert.Contains("By: a phone of your account", lost.Text, StringComparison.Ordinal);
        await user.Phones[2].DepartAsync(Stop);

        Assert.Contains("A phone was removed", (await cloud.GotAsync(address, 2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_claim_is_told_without_its_code()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 0, invited: true);

        var renewed = await cloud.SendAsync(HttpMethod.Post, $"users/{user.UserId}/claim/renewal");

        Assert.Equal(200, renewed.Status);
        Assert.True(ClaimLink.TryParse(renewed.Json.GetProperty("link").GetString(), out var link));
        var mail = (await cloud.GotAsync(address, 1))[0];
        Assert.Equal("BlokSec: a new phone can be registered for you", mail.Subject);
        Assert.Contains("Your administrator has to give you the QR code before:", mail.Text, StringComparison.Ordinal);
        AssertIsHarmless(mail);
        AssertHasNot(mail, link.Code);
    }

    [Fact]
    public async Task When_the_address_itself_is_changed_the_one_of_before_is_told_and_later_mails_go_to_the_new_one()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        var other = $"{UserTest.Unique("other")}@contoso.example";

        Assert.Equal(204, (await cloud.SendAsync(HttpMethod.Patch, $"users/{user.UserId}", $$"""{"email":"{{other}}"}""")).Status);

        var mail = (await cloud.GotAsync(address, 1))[0];
        Assert.Equal("BlokSec: the email address of your account was changed", mail.Subject);
        AssertIsHarmless(mail);
        AssertHasNot(mail, other);
        await RemoveAsync(user);
        await cloud.GotAsync(other, 1);
        await cloud.GotAsync(address, 1);
    }

    [Fact]
    public async Task An_invitation_is_told_only_in_tenants_that_want_it_and_without_the_code()
    {
        var (unwanted, wanted) = ($"{UserTest.Unique("unwanted")}@contoso.example", $"{UserTest.Unique("wanted")}@contoso.example");
        Assert.False((await cloud.SendAsync(HttpMethod.Get, "mail/settings", username: TestCloud.Reader)).Json.GetProperty("invitations").GetBoolean());
        Assert.Equal(201, (await cloud.InviteAsync(unwanted)).Status);
        await Test.QuietAsync();

        (await cloud.InvitationsAsync(true, TestCloud.Reader)).Problem(403, ProblemCodes.Forbidden);
        Assert.Equal(200, (await cloud.InvitationsAsync(true)).Status);
        try
        {
            Assert.False((await cloud.SendAsync(HttpMethod.Get, "mail/settings", username: TestCloud.Neighbour)).Json.GetProperty("invitations").GetBoolean());
            var shown = (await cloud.SendAsync(HttpMethod.Get, "mail/settings", username: TestCloud.Reader)).Json;
            Assert.True(shown.GetProperty("invitations").GetBoolean() && shown.GetProperty("enabled").GetBoolean());
            var invited = await cloud.InviteAsync(wanted);
            Assert.True(ClaimLink.TryParse(invited.Json.GetProperty("claim").GetProperty("link").GetString(), out var link));
            var neighbours = $"{UserTest.Unique("neighbour")}@fabrikam.example";
            Assert.Equal(201, (await cloud.InviteAsync(neighbours, TestCloud.Neighbour)).Status);

            var mail = (await cloud.GotAsync(wanted, 1))[0];
            Assert.Equal("BlokSec: you are invited", mail.Subject);
            Assert.Contains("Hello Ada,", mail.Text, StringComparison.Ordinal);
            AssertIsHarmless(mail);
            AssertHasNot(mail, link.Code);
            await cloud.GotAsync(unwanted, 0);
            await cloud.GotAsync(neighbours, 0);
        }
        finally
        {
            await cloud.InvitationsAsync(false);
        }
    }

    [Fact]
    public async Task I9_Only_the_user_is_told_and_nobody_of_another_tenant()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        var before = Test.Cloud.Mail.Mails.Count;

        await RemoveAsync(user);

        await cloud.GotAsync(address, 1);
        Assert.Equal(before + 1, Test.Cloud.Mail.Mails.Count);
    }

    [Fact]
    public async Task I4_A_message_that_comes_twice_sends_one_mail()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        using (Test.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Contains = "/mails", Duplicate = true }))
        using (Test.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Contains = "/signals", Duplicate = true }))
        {
            await RemoveAsync(user);
            await cloud.GotAsync(address, 1);
        }

        await Test.PassAsync(TimeSpan.FromMinutes(10));
        await cloud.GotAsync(address, 1);
    }

    [Fact]
    public async Task I3_What_was_committed_while_the_bus_was_out_is_told_later_by_itself()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        using (Test.BusOut())
        {
            Assert.Equal(201, (await Test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
        }

        await Test.PassAsync(TimeSpan.FromMinutes(3));
        Assert.True(await Test.Cloud.Host.RunTimerAsync("ResumeSignals"));

        await cloud.GotAsync(address, 1);
    }

    private static void AssertIsHarmless(ReceivedMail mail)
    {
        // No link, nothing that is fetched, nothing that runs, nobody else on copy.
        foreach (var word in (string[])["http", "href", "src=", "<script", "<img", "#contoso", "claim#", "www."])
        {
            Assert.DoesNotContain(word, mail.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(word, mail.Html, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("auto-generated", mail.Message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal("no-reply@bloksec.example", Assert.Single(mail.Message.From.Mailboxes).Address);
        Assert.Equal(mail.Recipients, mail.Message.To.Mailboxes.Select(to => to.Address));
        Assert.Empty(mail.Message.Cc);
        Assert.Empty(mail.Message.Bcc);
        Assert.NotNull(mail.Message.MessageId);
    }

    private static void AssertHasNot(ReceivedMail mail, string secret)
    {
        Assert.DoesNotContain(secret, mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, mail.Html, StringComparison.Ordinal);
        Assert.All(mail.Message.Headers, header => Assert.DoesNotContain(secret, header.Value, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, Encoding.UTF8.GetString(mail.Raw), StringComparison.Ordinal);
    }

    private Task RemoveAsync(TestUser user, int phone = 0) => Test.Admin().RemoveAsync(user.UserId, user.DeviceIds[phone], null, Stop);
}
