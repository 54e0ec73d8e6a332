using System.Globalization;
using System.Text;

namespace BlokSec.Contracts;

/// <summary>
/// The form in which users are searched: whoever stores a user stores it in this form, and what an administrator types is brought into it, so
/// that both meet however they are written.
/// </summary>
public static class SearchText
{
    /// <summary>Fewer digits than these are no telephone number but part of a name, an address or a number.</summary>
    private const int MinPhoneDigits = 5;

    /// <summary>What people write between the digits of a telephone number.</summary>
    private const string BetweenDigits = " +()-./";

    /// <summary>What a person can be found by, as it is stored: words in lower case and the digits of the number, with blanks between them.</summary>
    /// <param name="givenName">First name.</param>
    /// <param name="familyName">Last name.</param>
    /// <param name="email">Email address.</param>
    /// <param name="mobile">Mobile number in E.164; null for none.</param>
    public static string Of(string givenName, string familyName, string email, string? mobile) =>
        string.Join(' ', [.. Words($"{givenName} {familyName} {email}"), Digits(Fold(mobile ?? ""))]).TrimEnd();

    /// <summary>
    /// What to look for: each of these is part of <see cref="Of"/>, in any order. A telephone number is one word without separators and
    /// international or trunk prefix: <c>(416) 555-9401</c>, <c>+1 416 555 9401</c> and <c>0014165559401</c> find the same.
    /// </summary>
    /// <param name="typed">As it was typed.</param>
    public static IReadOnlyList<string> Query(string typed)
    {
        var folded = Fold(typed);
        var digits = Digits(folded);
        return digits.Length >= MinPhoneDigits && folded.All(character => char.IsAsciiDigit(character) || BetweenDigits.Contains(character))
            ? [Digits(folded.Replace("(0)", "", StringComparison.Ordinal)).TrimStart('0') is { Length: > 0 } number ? number : digits]
            : Words(typed);
    }

    private static string[] Words(string text) => new string([.. Fold(text).Select(character => IsInWord(character) ? character : ' ')])
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsInWord(char character) => char.IsLetterOrDigit(character) || char.IsSurrogate(character);

    private static string Digits(string folded) => new([.. folded.Where(char.IsAsciiDigit)]);

    /// <summary>
    /// Lower case; accents, marks, apostrophes and invisible characters gone; digits and wide letters as in ASCII; every blank and hyphen the
    /// plain one. Our own table instead of the framework's normalization, which does nothing where globalization is invariant.
    /// </summary>
    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.ToLowerInvariant().EnumerateRunes())
        {
            Append(folded, rune);
        }

        return folded.ToString();
    }

    private static void Append(StringBuilder folded, Rune rune)
    {
        // Fullwidth forms stand in the order of ASCII.
        rune = rune.Value is >= 0xFF01 and <= 0xFF5E ? (Rune)(char)(rune.Value - 0xFEE0) : rune;
        switch (Rune.GetUnicodeCategory(rune))
        {
            case var _ when rune.Value is '\'' or '\u2019' or '\u02BC' or '`' or '\u00B4':
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format:
                break;
            case UnicodeCategory.DecimalDigitNumber:
                folded.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
                break;
            case UnicodeCategory.SpaceSeparator or UnicodeCategory.Control:
                folded.Append(' ');
                break;
            case UnicodeCategory.DashPunctuation:
                folded.Append('-');
                break;
            case var _ when rune.IsBmp && Bases.TryGetValue((char)rune.Value, out var letters):
                folded.Append(letters);
                break;
            default:
                folded.Append(rune.ToString());
                break;
        }
    }

    /// <summary>Letters of Latin, Greek and Cyrillic with their diacritics, by the letters without: decompositions of Unicode, and the ones that have none.</summary>
    private const string Table = """
        a àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ
        ae æ
        b ḃḅḇ
        c çćĉċčḉ
        d ðďđḋḍḏḑḓ
        dz ǆǳ
        e èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ
        f ḟ
        g ĝğġģǧǵḡ
        h ĥħȟḣḥḧḩḫẖ
        i ìíîïĩīĭįİıǐȉȋḭḯỉị
        ij ĳ
        j ĵǰ
        k ķǩḱḳḵ
        l ĺļľłḷḹḻḽ
        lj ǉ
        m ḿṁṃ
        n ñńņňǹṅṇṉṋ
        ng ŋ
        nj ǌ
        o òóôõöøōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ
        oe œ
        p ṕṗ
        r ŕŗřȑȓṙṛṝṟ
        s śŝşšſșṡṣṥṧṩẛ
        ss ß
        t ţťŧțṫṭṯṱẗ
        th þ
        u ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự
        v ṽṿ
        w ŵẁẃẅẇẉẘ
        x ẋẍ
        y ýÿŷȳẏẙỳỵỷỹ
        z źżžẑẓẕ
        α άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ
        β ϐ
        ε έϵἐἑἒἓἔἕὲέ
        η ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ
        θ ϑ
        ι ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ
        κ ϰ
        ο όὀὁὂὃὄὅὸό
        π ϖ
        ρ ϱῤῥ
        ς ϲ
        σ ς
        υ ΰϋύϒϓϔὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ
        φ ϕ
        ω ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ
        а ӑӓ
        г ѓ
        е ѐёӗ
        ж ӂӝ
        з ӟ
        и йѝӣӥ
        к ќ
        о ӧ
        у ўӯӱӳ
        ч ӵ
        ы ӹ
        э ӭ
        і ї
        ѵ ѷ
        ә ӛ
        ө ӫ
        """;

    private static readonly Dictionary<char, string> Bases = Table
        .Split('\n', StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' '))
        .SelectMany(line => line[1], (line, letter) => (letter, line[0]))
        .ToDictionary(fold => fold.letter, fold => fold.Item2);
}
