using ADRaffy.ENSNormalize;

namespace BlokSec.Functions.Identities;

/// <summary>
/// The form in which email addresses and user names are unique inside a tenant and looked up: upper and lower case and the spellings that
/// Unicode has for one letter are the same (NFC, wide letters as in ASCII). Accents stay: José and Jose are two people.
/// </summary>
internal static class FoldedNames
{
    public static string Fold(string name)
    {
        var wide = name.Any(character => character is >= '\uFF01' and <= '\uFF5E')
            ? string.Concat(name.Select(character => character is >= '\uFF01' and <= '\uFF5E' ? (char)(character - 0xFEE0) : character))
            : name;
        return ENSNormalize.NF.NFC(ENSNormalize.NF.NFC(wide).ToLowerInvariant()).Trim();
    }
}
