using System.Buffers.Text;
using System.Security.Cryptography;
using BlokSec.Contracts;

namespace BlokSec.Local.Phones.Push;

/// <summary>
/// Under which token a push network knows an app install. It belongs to the install, not to the registration: it survives a reset
/// and a new enrollment, and is new after the app was deleted.
/// </summary>
/// <param name="Kind">Which network.</param>
/// <param name="Token">The token.</param>
/// <param name="Environment">The APNs environment; production for FCM.</param>
internal sealed record PushAddress(PushHandleKind Kind, string Token, PushEnvironment Environment)
{
    // An APNs device token has 32 bytes today; a Firebase installation id has 22 characters; an FCM token is "{fid}:{140 characters}"
    private const int ApnsBytes = 32;
    private const int InstallationIdLength = 22;
    private const int FcmSecretBytes = 105;

    /// <summary>Makes the address of a fresh install.</summary>
    public static PushAddress Create(PushHandleKind kind, PushEnvironment environment) => kind switch
    {
        PushHandleKind.Apns => new PushAddress(kind, RandomNumberGenerator.GetHexString(2 * ApnsBytes, lowercase: true), environment),
        PushHandleKind.FcmFid => new PushAddress(kind, InstallationId(), PushEnvironment.Production),
        _ => new PushAddress(kind, $"{InstallationId()}:{Random(FcmSecretBytes)}", PushEnvironment.Production),
    };

    /// <summary>As the app registers it with BlokSec.</summary>
    public PushHandleRegistration ToHandle() => new() { Kind = Kind, Value = Token, Environment = Environment };

    public override string ToString() => $"{Kind} address";

    private static string InstallationId() => Random(InstallationIdLength)[..InstallationIdLength];

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
