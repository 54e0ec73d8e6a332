using System.Globalization;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using CsCheck;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("Maria's iPhone 16 Pro")]
    [InlineData("Pixel 9 (work) — 2")]
    [InlineData("電話 いちご")]
    [InlineData("نوال")]
    [InlineData("می\u200cروم")]
    [InlineData("ක්\u200dරි")]
    [InlineData("👩\u200d👩\u200d👧 👍🏽 ❤\ufe0f\u200d🔥 🇨🇦")]
    [InlineData("👩🏽\u200d🚀")]
    [InlineData("Zoé")]
    public void A_name_that_people_have_is_allowed(string name) => Assert.Null(DisplayText.Fault(name, 100));

    [Theory]
    [InlineData("Maria\u202eecno ta dekcolb")]
    [InlineData("Maria\u2067x")]
    [InlineData("Maria\u200fx")]
    [InlineData("Maria\u061cx")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("Ma\u00adria")]
    [InlineData("Ma\u200bria")]
    [InlineData("Ma\u200dria")]
    [InlineData("Ma\u200cria")]
    [InlineData("\u200d👩")]
    [InlineData("👩\u200d")]
    [InlineData("\ufeffMaria")]
    [InlineData("\U000E0041Maria")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u00a0\u2003")]
    [InlineData("\u3164")]
    [InlineData("\u2800\u2800")]
    [InlineData("\u0301")]
    public void What_changes_how_the_text_around_looks_or_cannot_be_seen_is_refused(string name) => Assert.NotNull(DisplayText.Fault(name, 100));

    [Fact]
    public void Half_a_character_is_refused()
    {
        Assert.NotNull(DisplayText.Fault("a\ud800", 100));
        Assert.NotNull(DisplayText.Fault("\udc00a", 100));
        Assert.Equal("ab", DisplayTexts.Clean("a\ud800b", 100));
    }

    [Fact]
    public void Length_is_counted_as_people_count_and_bounded_in_bytes()
    {
        Assert.Null(DisplayText.Fault(new string('é', 100), 100));
        Assert.NotNull(DisplayText.Fault(new string('é', 101), 100));
        Assert.Null(DisplayText.Fault(string.Concat(Enumerable.Repeat("👍🏽", 50)), 100));
        Assert.NotNull(DisplayText.Fault("a" + new string('\u0301', 300), 100));
    }

    [Fact]
    public void A_name_that_cannot_be_refused_is_cleaned()
    {
        Assert.Equal("Alice Adams removed ecno", DisplayTexts.Clean("  Alice\u202e Adams\r\nremoved\u2066 ecno\0 ", 100));
        Assert.Equal("Zo\u00e9", DisplayTexts.Clean("Zoe\u0301", 100));
        Assert.Equal("abc", DisplayTexts.Clean("abcdef", 3));
        Assert.Null(DisplayTexts.Clean("\u202e\u3164 ", 100));
        Assert.Null(DisplayTexts.Clean(null, 100));
    }

    [Fact]
    public void Whatever_is_cleaned_may_be_shown() => Gen.OneOf(Gen.String, Hostile.Text).Sample(text =>
    {
        var clean = DisplayTexts.Clean(text, 20);
        return clean is null || (DisplayText.Fault(clean, 20) is null && clean == DisplayTexts.Clean(clean, 20));
    });

    [Fact]
    public void Whatever_is_allowed_has_no_control_or_direction_in_it() => Gen.OneOf(Gen.String, Hostile.Text).Sample(text =>
        DisplayText.Fault(text, 100) is not null
        || text.EnumerateRunes().All(rune => rune.Value is 0x200C or 0x200D
            || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate)));
}
