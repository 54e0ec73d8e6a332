using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Identities;

/// <summary>Remembers that a proof was used, in the same transaction as what it allowed.</summary>
internal sealed record ProofDocument : IdentityDocument
{
    public const string DocumentType = "proof";

    public override string Type => DocumentType;

    /// <summary>Seconds that Cosmos DB keeps the document: longer than any proof is accepted.</summary>
    public int Ttl { get; init; } = 300;

    /// <summary>Hashed, because a jti may hold characters that a document id must not.</summary>
    public static string IdOf(string deviceId, string jti) =>
        $"proof:{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{deviceId}:{jti}")))}";
}
