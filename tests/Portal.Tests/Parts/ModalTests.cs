using BlokSec.Portal.Parts;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Parts;

public sealed class ModalTests : ConsoleTest
{
    private bool isClosed;

    [Fact]
    public void While_something_is_being_sent_a_dialog_that_the_browser_closes_is_opened_again()
    {
        var modal = Show(isBusy: true);
        modal.Find("dialog").TriggerEvent("onclose", EventArgs.Empty);
        Assert.False(isClosed);
        Assert.Equal(2, Browser.VerifyInvoke("showDialog", 2).Count);
    }

    [Fact]
    public void Otherwise_it_closes()
    {
        Show(isBusy: false).Find("dialog").TriggerEvent("onclose", EventArgs.Empty);
        Assert.True(isClosed);
    }

    private IRenderedComponent<Modal> Show(bool isBusy) => Render<Modal>(parameters => parameters
        .Add(modal => modal.Id, "test")
        .Add(modal => modal.Title, "Test")
        .Add(modal => modal.IsBusy, isBusy)
        .Add(modal => modal.OnClosed, () => isClosed = true));
}
