using System.Net.Http.Json;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>An answer to an administrator, whole.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">The body.</param>
internal sealed record AdminAnswer(int Status, string Text)
{
    public string? Code => Text.StartsWith('{') && JsonElement.Parse(Text).TryGetProperty("code", out var code) ? code.GetString() : null;

    public T Read<T>() => JsonSerializer.Deserialize<T>(Text, AdminClient.Json)!;
}

/// <summary>Calls of an administrator that may well be refused.</summary>
internal static class AdminCalls
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<AdminAnswer> AskAsync(this AdminClient admin, string path) => admin.SendAsync(HttpMethod.Get, path, null);

    public static Task<AdminAnswer> RemovalAsync(this AdminClient admin, string userId, string deviceId, string? idempotencyKey = null) =>
        admin.SendAsync(
            HttpMethod.Post,
            $"users/{userId}/devices/{deviceId}/removal",
            new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice },
            ("Idempotency-Key", idempotencyKey));

    public static Task<AdminAnswer> UnregistrationAsync(this AdminClient admin, string userId, string? idempotencyKey = null) =>
        admin.SendAsync(
            HttpMethod.Post,
            $"users/{userId}/unregistration",
            new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices },
            ("Idempotency-Key", idempotencyKey));

    public static Task<AdminAnswer> RenewAsync(this AdminClient admin, string userId) =>
        admin.SendAsync(HttpMethod.Post, $"users/{userId}/claim/renewal", null);

    public static Task<AdminAnswer> SetActiveAsync(this AdminClient admin, string userId, string deviceId, string? ifMatch) =>
        admin.SendAsync(
            HttpMethod.Put, $"users/{userId}/active-device", new SetActiveDeviceRequest { DeviceId = deviceId }, ("If-Match", ifMatch));

    public static async Task<AdminAnswer> SendAsync(
        this AdminClient admin, HttpMethod method, string path, object? body, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : JsonContent.Create(body, options: AdminClient.Json);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await admin.Http.SendAsync(request, Stop);
        return new AdminAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
