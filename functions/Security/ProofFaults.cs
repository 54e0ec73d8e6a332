namespace BlokSec.Functions.Security;

/// <summary>Why a proof is refused: stable sentences for the developer of an app, free of anything that was sent.</summary>
internal static class ProofFaults
{
    public const string HeaderMissing = "Exactly one DPoP header is needed.";
    public const string Malformed = "The proof is malformed.";
    public const string SignatureWrong = "The signature of the proof is wrong.";
    public const string OtherRequest = "The proof was made for another method or address.";
    public const string OtherBody = "The proof was made for another body.";
    public const string OtherDevice = "The device named is not the one of the key.";
    public const string BodyTooLarge = "The body is too large to be proved.";
    public const string TooOld = "The proof is too old: the clock of the phone is behind.";
    public const string Ahead = "The proof is from the future: the clock of the phone is ahead.";
    public const string DidUnsupported = "The DID is not a did:key of P-256 or Ed25519.";
    public const string DidMalformed = "The proof of the DID is malformed.";
    public const string DidSignatureWrong = "The signature of the proof of the DID is wrong.";
    public const string DidOtherAddress = "The proof of the DID was made for another address.";
    public const string DidOther = "The DID is not the one that this user has.";
    public const string DidOtherDevice = "The proof of the DID was made for another tenant, user or device.";
    public const string DidOtherClaim = "The proof of the DID was made for another claim.";
    public const string DidOutOfTime = "The proof of the DID is too old or from the future: the clock of the phone is wrong.";

    public const string AnswerOfDevice = "The acceptance is not signed by the key of the device.";
    public const string AnswerOfDid = "The acceptance is not signed by the key of the user's DID.";
    public const string AnswerOther = "The acceptance was signed for another request, device or number.";

    /// <summary>Whether nothing but the time of a genuine proof is wrong.</summary>
    public static bool IsOfTime(string fault) => fault is TooOld or Ahead or DidOutOfTime;

    /// <summary>What is wrong with the time a proof was made; null when it is within the window.</summary>
    public static string? OfTime(decimal issuedAt, DateTimeOffset now)
    {
        // The number is the caller's and may be any: it is only compared, as arithmetic could overflow.
        var seconds = now.ToUnixTimeMilliseconds() / 1000m;
        var window = (decimal)DeviceProofs.Window.TotalSeconds;
        return issuedAt < seconds - window ? TooOld : issuedAt > seconds + window ? Ahead : null;
    }
}
