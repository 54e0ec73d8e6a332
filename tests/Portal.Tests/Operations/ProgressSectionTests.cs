using BlokSec.Portal.Operations;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Operations;

public sealed class ProgressSectionTests : ConsoleTest
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(3, 0, "3 older operations are not listed here.")]
    [InlineData(0, 1, "1 device removed earlier is not listed here.")]
    [InlineData(1, 1200, "1 older operation and 1,200 devices removed earlier are not listed here.")]
    public void What_the_page_has_no_room_for_is_said(int operations, int revocations, string? said)
    {
        var user = Samples.User() with
        {
            Operations = [Samples.Operation()],
            MoreOperations = operations,
            MoreRevocations = revocations,
        };

        var section = Render<ProgressSection>(parameters => parameters.Add(section => section.User, user).AddCascadingValue(Samples.Manager));

        var more = section.FindAll("[data-testid=more]");
        if (said is null)
        {
            Assert.Empty(more);
        }
        else
        {
            Assert.StartsWith(said, Assert.Single(more).TextContent.Trim(), StringComparison.Ordinal);
        }
    }
}
