using BlokSec.Contracts;
using CsCheck;

namespace BlokSec.Functions.Tests.Users;

public sealed class SearchTextTests
{
    private static readonly string Maria = SearchText.Of("Maria", "López", "maria.lopez@contoso.example", "+14165559401");

    private static readonly Gen<string> Name = Gen.OneOf(
        "Maria", "López", "O'Brien", "O’Brien", "Łukasz", "Straße", "Ångström", "Nguyễn", "Ærø", "李小龍", "Ирина", "Йордан", "Αλέξανδρος", "İpek",
        "Jean-Luc", "de la Cruz", "محمد", "Zoe\u0308", "\uff2d\uff41\uff52\uff49\uff41");

    private static readonly Gen<string> Number = Gen.Long[10_000_000, 99_999_999_999].Select(number => $"+{number}");

    [Theory]
    [InlineData("(416) 555-9401")]
    [InlineData("416.555.9401")]
    [InlineData("0014165559401")]
    [InlineData("+1 416 555 9401")]
    [InlineData("+1\u00a0(416)\u00a0555\u20119401")]
    [InlineData("\uff14\uff11\uff16 555 9401")]
    [InlineData("555-9401")]
    [InlineData("9401")]
    [InlineData("Lopez, Maria")]
    [InlineData("maria\u00a0lopez")]
    [InlineData("López")]
    [InlineData("Lo\u0301pez")]
    [InlineData("LÓPEZ  maria")]
    [InlineData("\"Maria Lopez\" <maria.lopez@contoso.example>")]
    [InlineData("maria.lopez@contoso.example")]
    [InlineData("lopez 9401")]
    [InlineData("mar\u200bia")]
    public void What_a_help_desk_types_is_found(string typed) => Assert.True(Finds(typed, Maria), typed);

    [Theory]
    [InlineData("Garcia")]
    [InlineData("(416) 555-9402")]
    [InlineData("maria garcia")]
    public void What_belongs_to_somebody_else_is_not(string typed) => Assert.False(Finds(typed, Maria), typed);

    [Theory]
    [InlineData("+442079460958", "020 7946 0958")]
    [InlineData("+442079460958", "+44 (0)20 7946 0958")]
    [InlineData("+442079460958", "0044 20 7946 0958")]
    [InlineData("+4930901820", "(030) 901820")]
    public void A_number_is_found_with_its_trunk_prefix_too(string stored, string typed) =>
        Assert.True(Finds(typed, SearchText.Of("A", "B", "c@d", stored)), typed);

    [Fact]
    public void Whoever_is_stored_is_found_by_each_part_of_themselves_in_any_case_and_order() =>
        Gen.Select(Name, Name, Number).Sample((given, family, mobile) =>
        {
            var stored = SearchText.Of(given, family, "x.y@z.example", mobile);
            string[] typed =
            [
                given, family, $"{family}, {given}", $"{given}\u00a0{family}", $"{family}\t{given}".ToUpperInvariant(), mobile, $"00{mobile[1..]}",
                string.Join('-', mobile[1..].Chunk(3).Select(part => new string(part))), $"{given} {mobile}",
            ];
            return typed.All(text => Finds(text, stored));
        });

    [Fact]
    public void Bringing_a_text_into_the_form_twice_changes_nothing() => Gen.String.Sample(text =>
    {
        var once = string.Join(' ', SearchText.Query($"x {text}"));
        return once == string.Join(' ', SearchText.Query(once));
    });

    [Fact]
    public void No_text_breaks_it_and_no_word_holds_a_blank() => Gen.Char.Array[0, 200].Sample(
        characters => SearchText.Query(new string(characters)).All(word => word.Length > 0 && !word.Contains(' ')));

    private static bool Finds(string typed, string stored) =>
        SearchText.Query(typed) is { Count: > 0 } words && words.All(word => stored.Contains(word, StringComparison.Ordinal));
}
