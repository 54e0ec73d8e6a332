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
    public const string Users = "users";

    public static readonly string[] Reading = [Users, "user", "accounts", "departure plan", "sign-ins", "sign-in", "sign-in export", "claim", "operation", "receipt"];

    public static readonly string[] Managing = ["removal", "unregistration", "active device", "renewal", "QR code", "departure", "account removal"];

    public static readonly string[] Names = [.. Reading, .. Managing];

    public static AdminCall Of(string name, TestUser user) => name switch
    {
        Users => new(HttpMethod.Get, "users"),
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
        _ => new(HttpMethod.Get, $"users/{user.UserId}/claim/qr"),
    };
}
