using BlokSec.Portal.Removals;

namespace BlokSec.Portal.Tests.Removals;

public sealed class ConfirmationPhraseTests
{
    [Fact]
    public void Exactly_the_phrase_confirms() => Assert.Null(ConfirmationPhrase.Difference("remove device", "remove device"));

    [Theory]
    [InlineData("", "Type “remove device”.")]
    [InlineData(" remove device", "Remove the space before the phrase.")]
    [InlineData("remove device ", "Remove the space after the phrase.")]
    [InlineData("Remove Device", "Use lower case letters only.")]
    [InlineData("REM", "Use lower case letters only.")]
    [InlineData("remove", "Keep typing: “device” is missing.")]
    [InlineData("remove dev", "Keep typing: “ice” is missing.")]
    [InlineData("remove devices", "Remove “s” from the end.")]
    [InlineData("remove  device", "Character 8 is a space, it should be “d”.")]
    [InlineData("remove-device", "Character 7 is “-”, it should be a space.")]
    [InlineData("unregister", "Character 1 is “u”, it should be “r”.")]
    [InlineData("rémove device", "Character 2 is “é”, it should be “e”.")]
    public void Anything_else_is_told_where_it_differs(string typed, string difference) =>
        Assert.Equal(difference, ConfirmationPhrase.Difference(typed, "remove device"));
}
