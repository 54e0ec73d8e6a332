using System.Diagnostics.CodeAnalysis;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Receipts;

/// <summary>What a phone signed with its own key: the proof of one call (RFC 9449), which names method, address, tenant, user and device.</summary>
/// <param name="IssuedAt">When, by the phone's clock.</param>
/// <param name="IsErasure">Whether the call says that the phone erased itself.</param>
internal sealed record PhoneProof(DateTimeOffset IssuedAt, bool IsErasure)
{
    private const string Type = "dpop+jwt";

    private const string Calls = "/api/mobile/";

    /// <summary>The service refuses proofs that are a minute away from its clock; it may take a while to write down that it took one.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Reads a proof of the removed device.</summary>
    /// <param name="text">The compact JWS.</param>
    /// <param name="claims">The receipt that it is in, which names the API's address when it was made.</param>
    /// <param name="statement">The statement, which names the API's address when the device was removed: it may have changed until the phone called.</param>
    /// <param name="heardAt">When the service says that it heard it.</param>
    /// <param name="proof">What was read.</param>
    /// <param name="fault">Why it does not hold.</param>
    public static bool TryRead(
        string text, ReceiptClaims claims, StatementClaims statement, DateTimeOffset heardAt, [NotNullWhen(true)] out PhoneProof? proof, [NotNullWhen(false)] out string? fault)
    {
        proof = null;
        if (!CompactJws.TryParse(text, Type, out var jws)
            || jws.Header.Kid is not null
            || !PublicKey.TryRead(jws.Header.Jwk, out var key)
            || !StrictJson.TryRead<Members>(jws.Payload.Span, out var signed))
        {
            fault = "It is no proof of a phone.";
            return false;
        }

        fault = key.Thumbprint != claims.Device.Id || signed.Device != claims.Device.Id ? "It is by another key than that of the device."
            : !jws.IsSignedBy(key) ? "It was not signed by the key of the device, or it was changed afterwards."
            : (signed.Tenant, signed.User) != (claims.Tenant, claims.User) ? "It is about another user."
            : !Ascii.IsValid(signed.Htu) || !Uri.TryCreate(signed.Htu, UriKind.Absolute, out var address) || !(IsCall(address, statement.Iss) || IsCall(address, claims.Iss)) ? "It was made for another service."
            : !Times.IsTime(signed.Iat) || (Times.Of(signed.Iat) - heardAt).Duration() > Window ? "It was made at another time."
            : null;
        if (fault is not null)
        {
            return false;
        }

        var isErasure = signed.Htm == "POST" && new Uri(signed.Htu).AbsolutePath == $"{Calls}device/erasure";
        proof = new PhoneProof(Times.Of(signed.Iat), isErasure);
        return true;
    }

    private static bool IsCall(Uri address, string issuer) =>
        Ascii.IsValid(issuer)
        && Uri.TryCreate(issuer, UriKind.Absolute, out var api)
        && (address.Scheme, address.IdnHost, address.Port) == (api.Scheme, api.IdnHost, api.Port)
        && address.AbsolutePath.StartsWith(Calls, StringComparison.Ordinal);

    private sealed record Members(string Htm, string Htu, decimal Iat, string Tenant, string User, string Device);
}
