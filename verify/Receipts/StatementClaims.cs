using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Receipts;

/// <summary>The claims of a revocation statement: what a phone erases itself on.</summary>
internal sealed record StatementClaims(
    string Iss, long Iat, string Tenant, string User, string Device, long Epoch, string Operation, string Reason)
{
    private const string Type = "revocation-statement+jwt";

    /// <summary>Reads a statement that the service signed; null when it did not.</summary>
    public static StatementClaims? Read(string text, KeySet keys, out string? fault)
    {
        if (!CompactJws.TryParse(text, Type, out var jws))
        {
            fault = $"It is no JWS of type {Type}.";
            return null;
        }

        fault = keys.FaultOf(jws);
        if (fault is not null)
        {
            return null;
        }

        fault = StrictJson.TryRead<StatementClaims>(jws.Payload.Span, out var claims) ? null : "It is not a statement.";
        return claims;
    }
}
