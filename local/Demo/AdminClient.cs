using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Contracts;

namespace BlokSec.Local.Demo;

/// <summary>The API as an administrator's console calls it.</summary>
internal sealed class AdminClient : IDisposable
{
    /// <summary>How the API writes JSON.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly HttpClient http;

    /// <summary>An administrator of a local system; signs in at the first call.</summary>
    public AdminClient(Uri api, Uri signIn, string username)
    {
        var credential = new AdminCredential(signIn, username) { InnerHandler = new SocketsHttpHandler { UseProxy = false } };
        http = new HttpClient(credential) { BaseAddress = new Uri(api, "/api/") };
    }

    public HttpClient Http => http;

    public Task<UserDetails> UserAsync(string userId, CancellationToken cancellationToken) =>
        GetAsync<UserDetails>($"users/{userId}", cancellationToken);

    public Task<UserList> UsersAsync(string search, CancellationToken cancellationToken) =>
        GetAsync<UserList>($"users?search={Uri.EscapeDataString(search)}", cancellationToken);

    public Task<UserList> UsersPageAsync(int pageSize, string? continuation, CancellationToken cancellationToken) =>
        GetAsync<UserList>(
            $"users?pageSize={pageSize}{(continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}")}", cancellationToken);

    public Task<OperationDetails> OperationAsync(string userId, string operationId, CancellationToken cancellationToken) =>
        GetAsync<OperationDetails>($"users/{userId}/operations/{operationId}", cancellationToken);

    public Task<ClaimDetails> ClaimAsync(string userId, CancellationToken cancellationToken) =>
        GetAsync<ClaimDetails>($"users/{userId}/claim", cancellationToken);

    public Task<AuditEntryList> AuditAsync(string userId, CancellationToken cancellationToken) =>
        GetAsync<AuditEntryList>($"users/{userId}/audit", cancellationToken);

    public async Task<OperationDetails> RemoveAsync(string userId, string deviceId, string? reason, CancellationToken cancellationToken) =>
        await PostAsync<OperationDetails>(
            $"users/{userId}/devices/{deviceId}/removal",
            new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, Reason = reason },
            cancellationToken);

    public async Task<OperationDetails> UnregisterAsync(string userId, string? reason, CancellationToken cancellationToken) =>
        await PostAsync<OperationDetails>(
            $"users/{userId}/unregistration",
            new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices, Reason = reason },
            cancellationToken);

    public Task<DeparturePlanDetails> DeparturePlanAsync(string userId, CancellationToken cancellationToken) =>
        GetAsync<DeparturePlanDetails>($"users/{userId}/departure/plan", cancellationToken);

    public async Task<OperationDetails> LeaveAsync(string userId, string planHash, string? reason, CancellationToken cancellationToken) =>
        await PostAsync<OperationDetails>(
            $"users/{userId}/departure",
            new StartDepartureRequest { Confirmation = ConfirmationPhrases.RemoveAccounts, PlanHash = planHash, Reason = reason },
            cancellationToken);

    public void Dispose() => http.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Json, cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted)
        {
            return (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!;
        }

        var problem = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new HttpRequestException($"The API answered {(int)response.StatusCode}: {problem}", null, response.StatusCode);
    }
}
