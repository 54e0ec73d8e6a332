using BlokSec.Portal.Parts;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Words;
using Bunit;

namespace BlokSec.Portal.Tests.Words;

/// <summary>I12: a name from outside cannot forge what stands around it.</summary>
public sealed class OutsideTests : ConsoleTest
{
    private const string Forged = "Maria\u202E.ecno ta dekcolb saw tI\u2069";

    [Fact]
    public void A_name_inside_a_sentence_is_an_element_of_its_own()
    {
        var sentence = Render<Sentence>(parameters => parameters.Add(
            sentence => sentence.Text, $"Alice removed {Outside.Isolate(Forged)} and {Outside.Isolate("<b>Tablet</b>")}."));
        sentence.MarkupMatches("Alice removed <bdi>Maria.ecno ta dekcolb saw tI</bdi> and <bdi>&lt;b&gt;Tablet&lt;/b&gt;</bdi>.");
    }

    [Theory]
    [InlineData("Work phone", "Work phone")]
    [InlineData("\u0639\u0627\u0626\u0634\u0629", "\u0639\u0627\u0626\u0634\u0629")]
    [InlineData("one\r\ntwo", "one  two")]
    [InlineData(Forged, "Maria.ecno ta dekcolb saw tI")]
    public void An_attribute_has_no_character_that_changes_direction_or_line(string name, string plain) => Assert.Equal(plain, Outside.Plain(name));

    [Fact]
    public void A_sentence_without_names_is_itself() => Assert.Equal([("Nothing.", false)], Outside.Parts("Nothing."));
}
