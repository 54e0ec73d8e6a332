using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BlokSec.Functions.Push.Apns;

/// <summary>
/// Signs provider tokens: a JWT with ES256, key id, team and time
/// (https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns).
/// </summary>
internal sealed class ApnsSigner : IDisposable
{
    private readonly ECDsa key = ECDsa.Create();
    private readonly string header;
    private readonly string teamId;

    /// <exception cref="CryptographicException">The key is none, or not on P-256.</exception>
    /// <exception cref="ArgumentException">The text is no PEM.</exception>
    public ApnsSigner(ApnsOptions options)
    {
        key.ImportFromPem(options.PrivateKey);
        if (key.KeySize != 256)
        {
            throw new CryptographicException("Apple's signing keys are on P-256.");
        }

        teamId = options.TeamId!;
        header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            $$"""{"alg":"ES256","kid":"{{JsonEncodedText.Encode(options.KeyId!)}}"}"""));
    }

    public string Sign(DateTimeOffset issuedAt)
    {
        var seconds = issuedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var claims = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"iss":"{{JsonEncodedText.Encode(teamId)}}","iat":{{seconds}}}"""));
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => key.Dispose();
}
