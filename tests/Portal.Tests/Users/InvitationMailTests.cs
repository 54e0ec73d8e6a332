using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;

namespace BlokSec.Portal.Tests.Users;

public sealed class InvitationMailTests : ConsoleTest
{
    private const string Get = "GET /api/mail/settings";
    private const string Put = "PUT /api/mail/settings";

    [Theory]
    [InlineData(false, true, "No mail is sent to the user.", 0)]
    [InlineData(true, false, "No mail tells the user of the invitation.", 1)]
    [InlineData(true, true, "A mail tells the user of the invitation. The QR code is not in it: hand it over yourself.", 1)]
    public void It_says_whether_a_mail_is_sent_and_offers_the_choice_where_there_is_one(bool enabled, bool invitations, string said, int choices)
    {
        Stub.Answer(Get, new MailSettings(enabled, invitations), PortalJson.Default.MailSettings);

        var shown = Render<InvitationMail>();

        shown.WaitForAssertion(() => Assert.Equal(said, shown.Find("[data-testid=invitation-mail]").TextContent));
        Assert.Equal(choices, shown.FindAll("[data-testid=invitation-mails]").Count);
    }

    [Fact]
    public void The_choice_is_sent_and_what_is_said_follows()
    {
        Stub.Answer(Get, new MailSettings(true, false), PortalJson.Default.MailSettings);
        Stub.Answer(Put, new MailSettings(true, true), PortalJson.Default.MailSettings);
        var shown = Render<InvitationMail>();
        shown.WaitForElement("[data-testid=invitation-mails]").Change(true);

        shown.WaitForAssertion(() => Assert.StartsWith("A mail tells", shown.Find("[data-testid=invitation-mail]").TextContent, StringComparison.Ordinal));
        Assert.Equal("""{"invitations":true}""", Stub.Requests.Single(seen => seen.Request == Put).Body);
    }

    [Fact]
    public void When_the_choice_is_refused_it_stays_as_it_was_and_the_reason_is_shown()
    {
        Stub.Answer(Get, new MailSettings(true, false), PortalJson.Default.MailSettings);
        Stub.Refuse(Put, HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        var shown = Render<InvitationMail>();
        shown.WaitForElement("[data-testid=invitation-mails]").Change(true);

        shown.WaitForAssertion(() => Assert.Contains("In the API's words.", shown.Markup, StringComparison.Ordinal));
        Assert.StartsWith("No mail tells", shown.Find("[data-testid=invitation-mail]").TextContent, StringComparison.Ordinal);
    }
}
