using BlokSec.Contracts;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;

namespace BlokSec.Portal.Tests.Users;

public sealed class UserWordsTests
{
    [Theory]
    [InlineData(UserState.Active, 1, "Active")]
    [InlineData(UserState.Active, 0, "No device")]
    [InlineData(UserState.Resetting, 0, "Unregistering")]
    [InlineData(UserState.Unregistered, 0, "Unregistered")]
    [InlineData(UserState.Invited, 0, "Invited")]
    [InlineData(UserState.Suspended, 2, "Suspended")]
    [InlineData(UserState.Left, 1, "Left")]
    public void The_list_and_the_page_say_the_same_of_a_user(UserState state, int devices, string words)
    {
        var user = Samples.User([.. Enumerable.Range(0, devices).Select(_ => Samples.Device())]) with { State = state };
        var summary = new UserSummary(user.UserId, user.GivenName, user.FamilyName, user.Email, null, 0, devices, user.CreatedAt, user.DidState, user.Epoch)
        {
            State = state,
        };
        Assert.Equal(words, UserWords.Of(user).Text);
        Assert.Equal(UserWords.Of(user), UserWords.Of(summary));
    }
}
