using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BlokSec.Verify.Jose;

/// <summary>The service's public keys (RFC 7517, section 5), by <c>kid</c>: the only ones that anything of the service is checked with.</summary>
internal sealed class KeySet
{
    private const int MostKeys = 1_000;

    private readonly Dictionary<string, PublicKey> keys;

    private KeySet(Dictionary<string, PublicKey> keys) => this.keys = keys;

    /// <summary>Reads a key set; false when it is none that can be used.</summary>
    /// <param name="text">Its JSON.</param>
    /// <param name="set">The keys.</param>
    /// <param name="fault">Why it is none.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out KeySet? set, [NotNullWhen(false)] out string? fault)
    {
        set = null;
        if (!StrictJson.TryRead<Members>(Encoding.UTF8.GetBytes(text), out var members) || members.Keys.Count > MostKeys)
        {
            fault = "This is no key set (RFC 7517).";
            return false;
        }

        var keys = new Dictionary<string, PublicKey>();
        foreach (var member in members.Keys)
        {
            // Keys of other kinds and for other uses may stand beside ours.
            if (member is { Kid: { } kid, Kty: { } kty, Crv: { } crv, X: { } x, Use: null or "sig", Alg: null or "ES256" }
                && PublicKey.TryRead(new JsonWebKey(kty, crv, x) { Y = member.Y, D = member.D }, out var key)
                && key.Algorithm == "ES256"
                && !keys.TryAdd(kid, key))
            {
                fault = "Two keys in it have the same name.";
                return false;
            }
        }

        fault = keys.Count == 0 ? "There is no public key for ES256 in it." : null;
        set = fault is null ? new KeySet(keys) : null;
        return fault is null;
    }

    /// <summary>What is wrong with a signature of the service; null when it holds.</summary>
    public string? FaultOf(CompactJws jws) => jws.Header switch
    {
        { Jwk: not null } => "It brings its own key.",
        { Kid: null } => "It names no key.",
        { Kid: var kid } when !keys.ContainsKey(kid) => $"The key that it names, {Verdict.Plain(kid)}, is not in the key set. If the key set is old, get it again.",
        { Kid: var kid } => jws.IsSignedBy(keys[kid]) ? null : "It was not signed by the key that it names, or it was changed afterwards.",
    };

    private sealed record Members(IReadOnlyList<Member> Keys);

    private sealed record Member
    {
        public string? Kid { get; init; }

        public string? Kty { get; init; }

        public string? Crv { get; init; }

        public string? X { get; init; }

        public string? Y { get; init; }

        public string? D { get; init; }

        public string? Use { get; init; }

        public string? Alg { get; init; }
    }
}
