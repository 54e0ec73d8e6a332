using PhoneNumbers;

namespace BlokSec.Functions.Users;

/// <summary>Telephone numbers as they are stored: E.164 (ITU-T E.164), a plus and up to 15 digits.</summary>
internal static class MobileNumbers
{
    public const string Fault = "is a telephone number with its country code, such as +1 416 555 0134";

    /// <summary>The number in E.164; null when it is none, or has no country code.</summary>
    public static string? Normalize(string typed)
    {
        try
        {
            var numbers = PhoneNumberUtil.GetInstance();
            var text = typed.Trim();
            var number = numbers.Parse(text.StartsWith("00", StringComparison.Ordinal) ? $"+{text[2..]}" : text, defaultRegion: null);
            return numbers.IsPossibleNumber(number) && !number.HasExtension ? numbers.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }
}
