using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>A call of an administrator, without a token.</summary>
internal sealed record AdminCall(HttpMethod Method, string Path, string? Body = null)
{
    public IEnumerable<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>Every call that an administrator can make.</summary>
internal static class EveryAdminCall
{
    /// <summary>Those that are about the whole tenant.</summary>
    public static readonly string[] Tenant = ["users", "overview", "operations", "operation export", "tenant sign-ins", "tenant sign-in export", "revocations"];

    public static readonly string[] Reading = [.. Tenant, "user", "accounts", "departure plan", "sign-ins", "sign-in", "sign-in export", "claim", "operation", "receipt"];

    public static readonly string[] Managing = ["removal", "unregistration", "active device", "renewal", "identity check", "prolongation", "sending", "QR code", "departure", "account removal"];

    public static readonly string[] Names = [.. Reading, .. Managing];

    public static AdminCall Of(string name, TestUser user) => name switch
    {
        "tenant sign-ins" => new(HttpMethod.Get, "sign-ins"),
        "operation export" => new(HttpMethod.Get, "operations.csv"),
        "tenant sign-in export" => new(HttpMethod.Get, "sign-ins.csv"),
        _ when Tenant.Contains(name) => new(HttpMethod.Get, name),
        "user" => new(HttpMethod.Get, $"users/{user.UserId}"),
        "accounts" => new(HttpMethod.Get, $"users/{user.UserId}/accounts"),
        "departure plan" => new(HttpMethod.Get, $"users/{user.UserId}/departure/plan"),
        "departure" => new(HttpMethod.Post, $"users/{user.UserId}/departure", """{"confirmation":"remove accounts"}"""),
        "account removal" => new(HttpMethod.Delete, $"users/{user.UserId}/accounts/{user.UserId}-0"),
        "sign-ins" => new(HttpMethod.Get, $"users/{user.UserId}/authentication-requests"),
        "sign-in" => new(HttpMethod.Get, $"users/{user.UserId}/authentication-requests/{new string('0', 32)}"),
        "sign-in export" => new(HttpMethod.Get, $"users/{user.UserId}/authentication-requests.csv"),
        "claim" => new(HttpMethod.Get, $"users/{user.UserId}/claim"),
        "operation" => new(HttpMethod.Get, $"users/{user.UserId}/operations/{new string('0', 32)}"),
        "receipt" => new(HttpMethod.Get, $"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt"),
        "removal" => new(HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal", """{"confirmation":"remove device"}"""),
        "unregistration" => new(HttpMethod.Post, $"users/{user.UserId}/unregistration", """{"confirmation":"unregister all devices"}"""),
        "active device" => new(HttpMethod.Put, $"users/{user.UserId}/active-device", $$"""{"deviceId":"{{user.DeviceIds[1]}}"}""")
        {
            Headers = [("If-Match", "*")],
        },
        "renewal" => new(HttpMethod.Post, $"users/{user.UserId}/claim/renewal"),
        "identity check" => new(HttpMethod.Post, $"users/{user.UserId}/claim/identity-check", """{"claimId":"of-another-time","way":"ID card in person"}"""),
        "prolongation" => new(HttpMethod.Post, $"users/{user.UserId}/claim/prolongation", """{"claimId":"of-another-time"}"""),
        "sending" => new(HttpMethod.Post, $"users/{user.UserId}/claim/sending", """{"claimId":"of-another-time"}"""),
        _ => new(HttpMethod.Get, $"users/{user.UserId}/claim/qr"),
    };
}
