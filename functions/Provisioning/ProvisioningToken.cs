using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Provisioning;

/// <summary>
/// A provisioning token: <c>bsprov_{tenant}.{id}.{secret}</c>. It names where to look, so that one read finds it, and 256 random bits prove it.
/// What is random through and through needs no slow digest.
/// </summary>
/// <param name="TenantId">The tenant that it is for, and no other.</param>
/// <param name="TokenId">Its id: 32 hexadecimal digits.</param>
/// <param name="Secret">32 random bytes in base64url.</param>
internal sealed record ProvisioningToken(string TenantId, string TokenId, string Secret)
{
    private const int SecretBytes = 32;

    private const int MaxLength = 200;

    /// <summary>The token as it is sent.</summary>
    public string Text => $"{DirectoryAuthentication.TokenPrefix}{TenantId}.{TokenId}.{Secret}";

    /// <summary>What is stored: bound to the tenant and the id, so that the digest of another token is worth nothing.</summary>
    public string Digest => StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Text)));

    public static ProvisioningToken Create(string tenantId, DateTimeOffset now) =>
        new(tenantId, Guid.CreateVersion7(now).ToString("N"), StrictBase64Url.Encode(RandomNumberGenerator.GetBytes(SecretBytes)));

    public static bool TryParse(string text, [NotNullWhen(true)] out ProvisioningToken? token)
    {
        token = null;
        if (text.Length > MaxLength
            || !text.StartsWith(DirectoryAuthentication.TokenPrefix, StringComparison.Ordinal)
            || text[DirectoryAuthentication.TokenPrefix.Length..].Split('.') is not [var tenantId, var tokenId, var secret]
            || !Identifiers.IsTenantId(tenantId)
            || !Identifiers.Is(tokenId, 32, 32)
            || !StrictBase64Url.TryDecode(secret, out var bytes)
            || bytes.Length != SecretBytes)
        {
            return false;
        }

        token = new ProvisioningToken(tenantId, tokenId, secret);
        return true;
    }

    /// <summary>Not the secret.</summary>
    public override string ToString() => $"{DirectoryAuthentication.TokenPrefix}{TenantId}.{TokenId}";
}
