using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Operations;

public sealed class OperationCardTests : ConsoleTest
{
    private static readonly DeviceDetails Phone = Samples.Device();

    private static readonly OperationDetails Running = Samples.Operation("op-1", Phone.DeviceId);

    [Fact]
    public void Each_step_says_how_far_it_is()
    {
        var operation = Running with
        {
            Kind = OperationKind.UnregisterAllDevices,
            Steps =
            [
                new(OperationStepName.Block, OperationStatus.Succeeded, 3, 3, Samples.Now, null),
                new(OperationStepName.ResetDid, OperationStatus.Running, 120, 5000, Samples.Now, null),
                new(OperationStepName.CreateClaim, OperationStatus.NotStarted, 0, 1, Samples.Now, null),
            ],
        };
        var steps = Show(operation, Samples.Manager).FindAll("[data-testid=step]");
        Assert.Contains("Done", steps[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("120 of 5,000", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("120", steps[1].QuerySelector("progress")?.GetAttribute("value"));
        Assert.Contains("Claim QR code created: Waiting", steps[2].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_could_not_be_queued_says_that_it_is_tried_again()
    {
        var waiting = Running with { Status = OperationStatus.NotStarted, DispatchedAt = null };
        var card = Show(waiting, Samples.Manager);
        Assert.DoesNotContain("retried automatically", card.Markup, StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromSeconds(11));
        card.WaitForAssertion(() => Assert.Contains("retried automatically", card.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Work_that_makes_no_progress_says_so_while_one_watches()
    {
        var card = Show(Running, Samples.Manager);
        Clock.Advance(TimeSpan.FromSeconds(61));
        card.WaitForAssertion(() => Assert.Contains("There has been no progress for a while.", card.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_operation_says_what_to_do_and_starts_again_on_request()
    {
        Stub.Answer($"POST /api/users/maria-lopez/devices/{Phone.DeviceId}/removal", Running, PortalJson.Default.OperationDetails);
        var card = Show(Running with { Status = OperationStatus.Failed }, Samples.Manager);
        Assert.Contains("The devices stay blocked, and nothing is undone.", card.Markup, StringComparison.Ordinal);
        card.FindAll("button").Single(button => button.TextContent.Contains("Start it again", StringComparison.Ordinal)).Click();
        Assert.Equal("""{"confirmation":"remove device","reason":"stolen"}""", Assert.Single(Stub.Requests).Body);
    }

    [Fact]
    public void A_reader_cannot_start_it_again() =>
        Assert.Empty(Show(Running with { Status = OperationStatus.Failed }, Samples.Reader).FindAll("button"));

    private IRenderedComponent<OperationCard> Show(OperationDetails operation, Administrator administrator) => Render<OperationCard>(parameters => parameters
        .AddCascadingValue(administrator)
        .Add(card => card.Operation, operation)
        .Add(card => card.User, Samples.User(Phone) with { Operations = [operation], Revocations = [Samples.Revocation(Phone)] }));
}
