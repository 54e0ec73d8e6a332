using System.Text.Json.Serialization;
using BlokSec.Contracts;

namespace BlokSec.Local.Phones;

/// <summary>Asks for a new phone.</summary>
internal sealed record NewPhoneRequest
{
    public const string Example = """{"name":"New phone","platform":"ios"}""";

    private const int LongestFact = 100;

    /// <summary>Name given on the phone.</summary>
    public string Name { get; init; } = "New phone";

    /// <summary>Its system.</summary>
    public DevicePlatform Platform { get; init; }

    /// <summary>Its model; a usual one of the platform when left out.</summary>
    public string? Model { get; init; }

    /// <summary>Version of its system; a usual one when left out.</summary>
    public string? OsVersion { get; init; }

    /// <summary>Which push network reaches it; the usual one of the platform when left out.</summary>
    public PushHandleKind? PushKind { get; init; }

    /// <summary>In whose hands it is; nobody's in particular when left out.</summary>
    public PhoneHolder? Holder { get; init; }

    /// <summary>What is wrong with the request; null when nothing is.</summary>
    public string? Problem() =>
        new[] { Name, Model ?? "-", OsVersion ?? "-" }.Any(fact => fact.Length is 0 or > LongestFact)
            ? $"Name, model and osVersion have 1 to {LongestFact} characters."
            : PushKind == PushHandleKind.Apns && Platform == DevicePlatform.Android ? "Apple's push service reaches no Android phone."
            : null;

    /// <summary>The phone asked for.</summary>
    public PhoneFacts ToFacts() => new()
    {
        Name = Name,
        Platform = Platform,
        PushKind = PushKind,
        Model = Model ?? (Platform == DevicePlatform.Ios ? "iPhone 16 Pro" : "Pixel 10"),
        OsVersion = OsVersion ?? (Platform == DevicePlatform.Ios ? "26.1" : "16"),
    };
}

/// <summary>The text of the QR code that the phone scans.</summary>
internal sealed record ClaimScan
{
    public const string Example = """{"link":"https://app.bloksec.io/claim#..."}""";

    /// <summary>The claim link.</summary>
    public required string Link { get; init; }
}

/// <summary>Restores the identity that is in another phone's backup.</summary>
internal sealed record RestoreFrom
{
    public const string Example = """{"fromPhoneId":"maria-s-iphone-16-pro"}""";

    /// <summary>Id or name of the phone whose backup is used.</summary>
    public required string FromPhoneId { get; init; }
}

/// <summary>Sets a phone's clock.</summary>
internal sealed record ClockSetting
{
    public const string Example = """{"seconds":-3600}""";

    /// <summary>How many seconds it is ahead of the true time; negative when it is behind.</summary>
    public required int Seconds { get; init; }
}

/// <summary>What the user does with a sign-in request.</summary>
internal sealed record SignInReply
{
    public const string Example = """{"decision":"accept","number":"042917"}, or cancel or notMe without a number""";

    /// <summary>The button.</summary>
    public required SignInDecision Decision { get; init; }

    /// <summary>The number that was typed; to accept only.</summary>
    public string? Number { get; init; }

    /// <summary>Whether the app lets the button be pressed.</summary>
    [JsonIgnore]
    public bool IsComplete => Decision == SignInDecision.Accept ? Number is { Length: >= 3 and <= 6 } && Number.All(char.IsAsciiDigit) : Number is null;
}

/// <summary>Which of the user's phones is lost.</summary>
internal sealed record LossReport
{
    public const string Example = """{"deviceId":"…"}, one of those that GET devices lists""";

    /// <summary>The lost one.</summary>
    public required string DeviceId { get; init; }
}

/// <summary>Turns something on or off.</summary>
internal sealed record Switch
{
    public const string Example = """{"value":true}""";

    /// <summary>True for on.</summary>
    public required bool Value { get; init; }
}
