using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Operations;

public sealed class HeldRemovalTests : ConsoleTest
{
    private static readonly DeviceDetails Phone = Samples.Device();

    private static readonly OperationDetails Held = Samples.Operation("op-1", Phone.DeviceId) with
    {
        Kind = OperationKind.RemoveDevice,
        Status = OperationStatus.NotStarted,
        DispatchedAt = null,
        RequestedAt = Samples.Now.AddMinutes(-1),
        HeldUntil = Samples.Now.AddMinutes(9),
    };

    private static readonly RevocationDetails Blocked = Samples.Revocation(Phone) with { State = RevocationState.Blocked, Push = RevokePushState.Queued, HeldUntil = Held.HeldUntil };

    [Fact]
    public void What_can_be_taken_back_says_until_when_and_neither_that_it_is_late_nor_that_there_is_a_receipt()
    {
        var card = Show(Held, Samples.Manager);
        var text = Text(card);

        Assert.Equal("On hold", card.Find(".operation-head .badge").TextContent.Trim());
        Assert.Contains("Blocked. This can still be taken back.", text, StringComparison.Ordinal);
        Assert.Contains("Blocked, on hold", text, StringComparison.Ordinal);
        Assert.Contains("Push waits until", text, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be queued yet", text, StringComparison.Ordinal);
        Assert.Empty(card.FindAll("[data-testid=receipt-link]"));
    }

    [Fact]
    public void One_click_takes_it_back_and_it_is_said_to_who_does_not_see_it()
    {
        var path = $"POST /api/users/{Held.UserId}/operations/op-1/withdrawal";
        var withdrawn = Held with { Status = OperationStatus.Withdrawn, HeldUntil = null, WithdrawnBy = "Alice Admin", FinishedAt = Samples.Now };
        Stub.Answer(path, withdrawn, PortalJson.Default.OperationDetails);
        var card = Show(Held, Samples.Manager);

        card.Find("[data-testid=withdraw]").Click();

        card.WaitForAssertion(() => Assert.Contains("The removal was taken back.", card.FindAll("[role=status]").Select(told => told.TextContent)));
        var text = Text(Show(withdrawn, Samples.Manager));
        Assert.Contains("It was taken back By Alice Admin", text, StringComparison.Ordinal);
        Assert.Contains("Taken back", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stolen_phone_ends_the_hold_and_readers_do_neither()
    {
        Stub.Answer(
            $"POST /api/users/{Held.UserId}/devices/{Phone.DeviceId}/removal", Held with { HeldUntil = null }, PortalJson.Default.OperationDetails);
        var card = Show(Held, Samples.Manager);

        card.Find("[data-testid=end-hold]").Click();

        card.WaitForAssertion(() => Assert.Contains("The removal does not wait any more.", card.FindAll("[role=status]").Select(told => told.TextContent)));
        Assert.Empty(Show(Held, Samples.Reader).FindAll("[data-testid=withdraw], [data-testid=end-hold]"));
    }

    private IRenderedComponent<OperationCard> Show(OperationDetails operation, Administrator administrator) =>
        Render<OperationCard>(parameters => parameters
            .AddCascadingValue(administrator)
            .Add(card => card.Operation, operation)
            .Add(card => card.User, Samples.User(Phone) with { Operations = [operation], Revocations = operation.HeldUntil is null ? [] : [Blocked] }));
}
