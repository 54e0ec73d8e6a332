using BlokSec.Contracts;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;

namespace BlokSec.Portal.Tests.Users;

public sealed class UserWordsTests
{
    [Theory]
    [InlineData(DidState.Active, 1, 1, "Active")]
    [InlineData(DidState.Active, 0, 3, "No device")]
    [InlineData(DidState.Resetting, 0, 2, "Unregistering")]
    [InlineData(DidState.Unclaimed, 0, 2, "Unregistered")]
    [InlineData(DidState.Unclaimed, 0, 1, "Not enrolled")]
    public void The_list_and_the_page_say_the_same_of_a_user(DidState state, int devices, long epoch, string words)
    {
        var user = Samples.User([.. Enumerable.Range(0, devices).Select(_ => Samples.Device())]) with { DidState = state, Epoch = epoch };
        var summary = new UserSummary(user.UserId, user.GivenName, user.FamilyName, user.Email, null, 0, devices, user.CreatedAt, state, epoch);
        Assert.Equal(words, UserWords.Of(user).Text);
        Assert.Equal(UserWords.Of(user), UserWords.Of(summary));
    }
}
