using System.Security.Cryptography;
using System.Text.Json;
using BlokSec.Functions.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BlokSec.Functions.Security;

/// <summary>The claims of a proof of the device.</summary>
internal sealed record DeviceProofClaims(
    string Jti, string Htm, string Htu, decimal Iat, string Bh, string Tenant, string User, string Device, JsonElement? Facts = null);

/// <summary>A proof that holds: whoever sent this request has the private key of this device.</summary>
/// <param name="TenantId">The tenant the device says it belongs to.</param>
/// <param name="UserId">The user it says it belongs to.</param>
/// <param name="DeviceId">The thumbprint of its key. Whether such a device is registered is not known yet.</param>
/// <param name="PublicKey">Its public key as JWK, in canonical form.</param>
/// <param name="Jti">The proof's id; a second proof with the same id of the same device is a replay.</param>
/// <param name="IssuedAt">When the phone made it, by its own clock: seconds since 1970, which may have a fraction (RFC 7519, NumericDate).</param>
internal sealed record DeviceProof(string TenantId, string UserId, string DeviceId, string PublicKey, string Jti, decimal IssuedAt)
{
    /// <summary>What the phone tells of itself; null for nothing.</summary>
    public DeviceFacts? Facts { get; init; }

    /// <summary>The proof as it came, a compact JWS: it can be verified later, by whoever has nothing else.</summary>
    public string Text { get; init; } = "";

    /// <summary>The proof that authenticated the call.</summary>
    public static DeviceProof Of(HttpContext context) => context.Features.GetRequiredFeature<DeviceProof>();
}

/// <summary>What became of the check of a device's proof.</summary>
internal abstract record DeviceProofResult
{
    private DeviceProofResult()
    {
    }

    /// <summary>The proof holds. It may still be a replay, or of an unknown or removed device.</summary>
    internal sealed record Valid(DeviceProof Proof) : DeviceProofResult;

    /// <summary>It does not.</summary>
    /// <param name="Reason">Why, in a short sentence of <see cref="ProofFaults"/> fit for the caller; nothing the caller sent is in it.</param>
    internal sealed record Invalid(string Reason) : DeviceProofResult;
}

/// <summary>
/// Checks the <c>DPoP</c> header of a request: a proof after RFC 9449, section 4.3 with the additions of <c>docs/mobile-protocol.md</c> (hash of
/// the body; tenant, user and device). It proves possession of a key and nothing else: replays are for <see cref="ReplayGuard"/> or
/// the database, the device's state is for the use case.
/// </summary>
internal sealed class DeviceProofs(PublicAddress address, TimeProvider time)
{
    /// <summary>The header that carries the proof.</summary>
    public const string HeaderName = "DPoP";

    /// <summary>The <c>typ</c> of a proof.</summary>
    public const string Type = "dpop+jwt";

    /// <summary>Bytes of body that are read at most; a larger one cannot be proved.</summary>
    public const int MaximumBodyLength = RequestLimits.MaxBodyBytes;

    /// <summary>How old a proof may be, and how far ahead of our clock.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>Checks the proof of a request. The body is read; what is bound later reads the same bytes again.</summary>
    public async ValueTask<DeviceProofResult> VerifyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers[HeaderName] is not [{ Length: > 0 } header])
        {
            return new DeviceProofResult.Invalid(ProofFaults.HeaderMissing);
        }

        if (!CompactJws.TryParse(header, Type, out var jws)
            || jws.Header.Kid is not null
            || !JsonWebKeys.TryRead(jws.Header.Jwk, out var key))
        {
            return new DeviceProofResult.Invalid(ProofFaults.Malformed);
        }

        if (!jws.IsSignedBy(key))
        {
            return new DeviceProofResult.Invalid(ProofFaults.SignatureWrong);
        }

        if (!SecurityJson.TryRead(jws.Payload.Span, SecurityJson.Default.DeviceProofClaims, out var claims))
        {
            return new DeviceProofResult.Invalid(ProofFaults.Malformed);
        }

        if (Fault(request, claims, key) is { } fault)
        {
            return new DeviceProofResult.Invalid(fault);
        }

        return await BodyFaultAsync(request, claims.Bh, cancellationToken) is { } bodyFault
            ? new DeviceProofResult.Invalid(bodyFault)
            : new DeviceProofResult.Valid(new DeviceProof(claims.Tenant, claims.User, key.Thumbprint, key.JsonWebKey, claims.Jti, claims.Iat)
            {
                Facts = DeviceFacts.Read(claims.Facts),
                Text = header,
            });
    }

    private string? Fault(HttpRequest request, DeviceProofClaims claims, PublicKey key)
    {
        if (!Identifiers.IsProofId(claims.Jti)
            || !Identifiers.IsTenantId(claims.Tenant)
            || !Identifiers.IsUserId(claims.User)
            || !Identifiers.IsDeviceId(claims.Device))
        {
            return ProofFaults.Malformed;
        }

        if (claims.Htm != request.Method || !address.Matches(claims.Htu, request))
        {
            return ProofFaults.OtherRequest;
        }

        return ProofFaults.OfTime(claims.Iat, time.GetUtcNow())
            ?? (ConstantTime.Equals(key.Thumbprint, claims.Device) ? null : ProofFaults.OtherDevice);
    }

    private static async ValueTask<string?> BodyFaultAsync(HttpRequest request, string claimed, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaximumBodyLength)
        {
            return ProofFaults.BodyTooLarge;
        }

        var body = new MemoryStream();
        var buffer = new byte[4_096];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (body.Length > MaximumBodyLength)
            {
                return ProofFaults.BodyTooLarge;
            }
        }

        body.Position = 0;
        request.Body = body;
        var hash = StrictBase64Url.Encode(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
        return ConstantTime.Equals(hash, claimed) ? null : ProofFaults.OtherBody;
    }
}
