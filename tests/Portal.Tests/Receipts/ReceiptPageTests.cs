using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Receipts;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Receipts;

public sealed class ReceiptPageTests : ConsoleTest
{
    private static readonly string Device = new('A', 43);

    private static readonly string Request = $"GET /api/users/maria-lopez/revocations/{Device}/receipt";

    private static readonly ReceiptClaims Confirmed = new(
        "https://api.test",
        Samples.Now.ToUnixTimeSeconds(),
        "contoso",
        "maria-lopez",
        new ReceiptDevice(Device, "Work phone", "iPhone 16 Pro", DevicePlatform.Ios, new ReceiptKey("EC", "P-256", "x") { Y = "y" }),
        1,
        "op-1",
        Samples.Now,
        "statement",
        new ReceiptPush(RevokePushState.Accepted, 1) { Provider = "Apple", MessageId = "apns-1", AcceptedAt = Samples.Now },
        [new RevocationEvent("Blocked", Samples.Now, null)],
        ReceiptOutcome.Confirmed)
    {
        Requested = new ReceiptRequest(OperationKind.RemoveDevice, "Alice Adams", Samples.Now) { ByKind = AuditActorKinds.Administrator, Subject = "alice", Reason = "Lost" },
        Confirmed = new PhoneWord(Samples.Now) { Proof = "proof" },
    };

    [Fact]
    public void A_receipt_says_what_is_proven_and_what_is_not_and_is_saved_as_it_was_signed()
    {
        var page = Open(Confirmed);

        var text = Text(page);
        Assert.Contains("Alice Adams (subject alice)", text, StringComparison.Ordinal);
        Assert.Contains("apns-1", text, StringComparison.Ordinal);
        Assert.Contains(
            "what is said to be the phone's signature that it erased itself. bloksec-verify checks it", page.Find("[data-testid=proven]").TextContent, StringComparison.Ordinal);
        Assert.Contains("a changed app can sign that it erased itself", page.Find("[data-testid=not-proven]").TextContent, StringComparison.Ordinal);
        Assert.Equal("http://api.test/api/.well-known/jwks.json", page.Find("#receipt-check ~ p a").GetAttribute("href"));

        page.Find("button.primary").Click();
        Assert.Equal(["removal-receipt-maria-lopez-AAAAAAAA.jws", Jws(Confirmed), "application/jose"], Browser.Invocations["save"].Single().Arguments);
        Assert.Single(Stub.Requests);
    }

    [Fact]
    public void What_was_not_confirmed_or_not_kept_is_not_called_proven()
    {
        Assert.Contains("it confirmed before signatures were kept", Text(Open(Confirmed with { Confirmed = new PhoneWord(Samples.Now) })), StringComparison.Ordinal);

        var silent = ReceiptWords.NotProven(Confirmed with { Outcome = ReceiptOutcome.NotConfirmed, Confirmed = null }).First();
        Assert.StartsWith("That the phone knows of its removal", silent, StringComparison.Ordinal);
        Assert.Single(ReceiptWords.Proven(Confirmed with { Confirmed = null }));
    }

    [Fact]
    public void A_removal_that_is_not_there_is_told()
    {
        Stub.Refuse(Request, HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.NotEmpty(Open().FindAll("[data-testid=no-such-receipt]"));
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a.%.c")]
    [InlineData("a.e30.c")]
    public void An_answer_that_is_no_receipt_is_told(string receipt)
    {
        Stub.Answer(Request, new RemovalReceipt(receipt), PortalJson.Default.RemovalReceipt);
        Assert.NotEmpty(Open().FindAll("[data-testid=problem]"));
    }

    private static string Jws(ReceiptClaims claims) =>
        $"header.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, PortalJson.Default.ReceiptClaims))}.signature";

    private IRenderedComponent<ReceiptPage> Open(ReceiptClaims claims)
    {
        Stub.Answer(Request, new RemovalReceipt(Jws(claims)), PortalJson.Default.RemovalReceipt);
        return Open();
    }

    private IRenderedComponent<ReceiptPage> Open() => Render<ReceiptPage>(parameters => parameters
        .Add(page => page.UserId, "maria-lopez")
        .Add(page => page.DeviceId, Device));
}
