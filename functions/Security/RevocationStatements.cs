using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Security;

/// <summary>Why a device was removed, as its statement says.</summary>
internal static class RevocationReasons
{
    /// <summary>An administrator removed this device.</summary>
    public const string DeviceRemoved = "device-removed";

    /// <summary>An administrator unregistered all devices of the user.</summary>
    public const string AllDevicesUnregistered = "all-devices-unregistered";
}

/// <summary>The header of a revocation statement.</summary>
internal sealed record StatementHeader(string Typ, string Alg, string Kid);

/// <summary>The claims of a revocation statement.</summary>
internal sealed record StatementClaims(
    string Iss,
    long Iat,
    string Jti,
    string Tenant,
    string User,
    string Device,
    long Epoch,
    string Operation,
    string Reason);

/// <summary>
/// Signs revocation statements: the one thing on which an app resets itself (<c>docs/mobile-protocol.md</c>). The size is that of
/// its members and nothing else, below <see cref="MaximumLength"/>, so that it always fits a push (APNs: 4,096 bytes).
/// </summary>
internal sealed class RevocationStatements(StatementKeys keys, PublicAddress address)
{
    /// <summary>The <c>typ</c> of a statement.</summary>
    public const string Type = "revocation-statement+jwt";

    /// <summary>Characters of a statement at most, whatever its members.</summary>
    public const int MaximumLength = 900;

    /// <summary>What <c>GET /api/.well-known/jwks.json</c> shows.</summary>
    public StatementKeySet PublicKeys => keys.PublicKeys;

    /// <summary>Signs the statement that a device is removed.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="epoch">The registration epoch of the device; an app enrolled in another epoch ignores the statement.</param>
    /// <param name="operationId">The operation that removed it; 1 to 36 characters of <c>A-Z a-z 0-9 _ -</c>.</param>
    /// <param name="reason">One of <see cref="RevocationReasons"/>.</param>
    /// <param name="issuedAt">When it was removed.</param>
    /// <returns>A compact JWS.</returns>
    /// <exception cref="ArgumentException">A member does not have its format. What is signed must be unambiguous.</exception>
    public string Sign(
        string tenantId, string userId, string deviceId, long epoch, string operationId, string reason, DateTimeOffset issuedAt)
    {
        Require(Identifiers.IsTenantId(tenantId), nameof(tenantId));
        Require(Identifiers.IsUserId(userId), nameof(userId));
        Require(Identifiers.IsDeviceId(deviceId), nameof(deviceId));
        Require(Identifiers.Is(operationId, 1, 36), nameof(operationId));
        Require(Identifiers.Is(reason, 1, 24), nameof(reason));
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);

        var claims = new StatementClaims(
            address.Url, issuedAt.ToUnixTimeSeconds(), IdOf(operationId, deviceId), tenantId, userId, deviceId, epoch, operationId, reason);
        return keys.SignJws(Type, JsonSerializer.SerializeToUtf8Bytes(claims, StatementJson.Compact.StatementClaims));
    }

    // The same removal signed again is the same statement to the app.
    private static string IdOf(string operationId, string deviceId) =>
        StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes($"{operationId}.{deviceId}")).AsSpan(0, 16));

    private static void Require(bool holds, string parameter)
    {
        if (!holds)
        {
            throw new ArgumentException("It does not have the format of a statement.", parameter);
        }
    }
}

/// <summary>The JSON of statements.</summary>
[JsonSerializable(typeof(StatementHeader))]
[JsonSerializable(typeof(StatementClaims))]
internal sealed partial class StatementJson : JsonSerializerContext
{
    /// <summary>As <see cref="JsonSerializerContext"/>'s default, but the <c>+</c> of the type stays one character.</summary>
    public static readonly StatementJson Compact = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
