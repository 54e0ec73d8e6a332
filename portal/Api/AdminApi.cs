using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <summary>The API's calls for administrators, one method each.</summary>
internal sealed partial class AdminApi(ApiConnection api)
{
    public Task<ApiResult<UserList>> ListUsersAsync(
        IEnumerable<(string Name, string? Value)> filter, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"users?{Query([.. filter, ("continuation", continuation)])}", PortalJson.Default.UserList, cancellationToken);

    /// <summary>All users that the filter finds, as CSV.</summary>
    public Task<ApiResult<string>> ExportUsersAsync(IEnumerable<(string Name, string? Value)> filter, CancellationToken cancellationToken) =>
        api.TextAsync($"users.csv?{Query([.. filter])}", "text/csv, application/problem+json", cancellationToken);

    /// <summary>The devices of the whole tenant.</summary>
    public Task<ApiResult<DeviceList>> ListDevicesAsync(
        IEnumerable<(string Name, string? Value)> filter, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"devices?{Query([.. filter, ("continuation", continuation)])}", PortalJson.Default.DeviceList, cancellationToken);

    /// <summary>All devices that the filter finds, as CSV.</summary>
    public Task<ApiResult<string>> ExportDevicesAsync(IEnumerable<(string Name, string? Value)> filter, CancellationToken cancellationToken) =>
        api.TextAsync($"devices.csv?{Query([.. filter])}", "text/csv, application/problem+json", cancellationToken);

    /// <summary>The user page as text: whoever asks again and again sees by comparing whether anything moved.</summary>
    public Task<ApiResult<string>> ReadUserAsync(string userId, CancellationToken cancellationToken) =>
        api.TextAsync(User(userId), "application/json", cancellationToken);

    /// <summary>Invites a person. The same key invites one person.</summary>
    public async Task<ApiResult<InvitedUser>> InviteUserAsync(InviteUserRequest person, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post("users", person, PortalJson.Default.InviteUserRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.InvitedUser, cancellationToken);
    }

    /// <summary>Has a file of people checked. The same key is the same file.</summary>
    public async Task<ApiResult<ImportDetails>> CheckImportAsync(byte[] file, int? codePage, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"imports?{Query(("codePage", codePage?.ToString(System.Globalization.CultureInfo.InvariantCulture)))}")
        {
            Content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } },
        };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.ImportDetails, cancellationToken);
    }

    public Task<ApiResult<ImportList>> ListImportsAsync(CancellationToken cancellationToken) =>
        api.GetAsync("imports", PortalJson.Default.ImportList, cancellationToken);

    public Task<ApiResult<ImportDetails>> ReadImportAsync(string importId, CancellationToken cancellationToken) =>
        api.GetAsync($"imports/{Uri.EscapeDataString(importId)}", PortalJson.Default.ImportDetails, cancellationToken);

    /// <summary>Carries an import out; again, it is the same.</summary>
    public async Task<ApiResult<ImportDetails>> StartImportAsync(string importId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"imports/{Uri.EscapeDataString(importId)}/start");
        return await api.SendAsync(request, PortalJson.Default.ImportDetails, cancellationToken);
    }

    /// <summary>What became of each row, as CSV.</summary>
    public Task<ApiResult<string>> ExportImportAsync(string importId, CancellationToken cancellationToken) =>
        api.TextAsync($"imports/{Uri.EscapeDataString(importId)}/result.csv", "text/csv, application/problem+json", cancellationToken);

    /// <summary>Edits a profile; null when it was done.</summary>
    public async Task<ApiProblem?> ChangeUserAsync(string userId, ChangeUserRequest change, string etag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, User(userId)) { Content = Json(change, PortalJson.Default.ChangeUserRequest) };
        request.Headers.TryAddWithoutValidation("If-Match", etag);
        return (await api.SendAsync(request, "application/json", cancellationToken)).Problem;
    }

    /// <summary>Suspends a user; null when it was done.</summary>
    public async Task<ApiProblem?> SuspendUserAsync(string userId, string reason, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/suspension")
        {
            Content = Json(new SuspendUserRequest(reason), PortalJson.Default.SuspendUserRequest),
        };
        return (await api.SendAsync(request, "application/json", cancellationToken)).Problem;
    }

    /// <summary>Lets a suspended user sign in again; null when it was done.</summary>
    public async Task<ApiProblem?> ReactivateUserAsync(string userId, string? reason, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/reactivation")
        {
            Content = Json(new ReactivateUserRequest { Reason = reason }, PortalJson.Default.ReactivateUserRequest),
        };
        return (await api.SendAsync(request, "application/json", cancellationToken)).Problem;
    }

    public Task<ApiResult<AuditEntryList>> ListAuditEntriesAsync(string userId, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync(
            $"{User(userId)}/audit?{Query(("pageSize", "20"), ("continuation", continuation))}", PortalJson.Default.AuditEntryList, cancellationToken);

    /// <summary>What happened in the whole tenant.</summary>
    public Task<ApiResult<AuditEntryList>> ListAuditAsync(
        IEnumerable<(string Name, string? Value)> filter, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"audit?{Query([.. filter, ("continuation", continuation)])}", PortalJson.Default.AuditEntryList, cancellationToken);

    /// <summary>How far the audit is sealed, signed and checked.</summary>
    public Task<ApiResult<AuditChainDetails>> ReadAuditChainAsync(CancellationToken cancellationToken) =>
        api.GetAsync("audit/chain", PortalJson.Default.AuditChainDetails, cancellationToken);

    /// <summary>All that the filter finds, as CSV or as JSON lines.</summary>
    public Task<ApiResult<string>> ExportAuditAsync(
        IEnumerable<(string Name, string? Value)> filter, string format, CancellationToken cancellationToken) =>
        api.TextAsync(
            $"audit/export?{Query([.. filter, ("format", format)])}", "text/csv, application/jsonl, application/problem+json", cancellationToken);

    public Task<ApiResult<AuthenticationRequestList>> ListAuthenticationRequestsAsync(
        string userId, IEnumerable<(string Name, string? Value)> filter, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync(
            $"{SignIns(userId)}?{Query([.. filter, ("continuation", continuation)])}", PortalJson.Default.AuthenticationRequestList, cancellationToken);

    /// <summary>Where everybody finds the public keys that receipts are signed with.</summary>
    public Uri KeySet => new(api.Address, ".well-known/jwks.json");

    /// <summary>The signed receipt of a device's removal.</summary>
    public Task<ApiResult<RemovalReceipt>> ReadReceiptAsync(string userId, string deviceId, CancellationToken cancellationToken) =>
        api.GetAsync($"{User(userId)}/revocations/{Uri.EscapeDataString(deviceId)}/receipt", PortalJson.Default.RemovalReceipt, cancellationToken);

    public Task<ApiResult<AuthenticationRequestRecord>> ReadAuthenticationRequestAsync(
        string userId, string requestId, CancellationToken cancellationToken) =>
        api.GetAsync($"{SignIns(userId)}/{Uri.EscapeDataString(requestId)}", PortalJson.Default.AuthenticationRequestRecord, cancellationToken);

    /// <summary>All that the filter finds, as CSV; see <see cref="AuthenticationRequestExport"/>.</summary>
    public Task<ApiResult<string>> ExportAuthenticationRequestsAsync(
        string userId, IEnumerable<(string Name, string? Value)> filter, CancellationToken cancellationToken) =>
        api.TextAsync($"{SignIns(userId)}.csv?{Query([.. filter])}", "text/csv, application/problem+json", cancellationToken);

    public Task<ApiResult<RevocationPlanDetails>> PlanDeviceRemovalAsync(string userId, string deviceId, CancellationToken cancellationToken) =>
        api.GetAsync($"{Removal(userId, deviceId)}/plan", PortalJson.Default.RevocationPlanDetails, cancellationToken);

    public Task<ApiResult<RevocationPlanDetails>> PlanUnregistrationAsync(string userId, CancellationToken cancellationToken) =>
        api.GetAsync($"{User(userId)}/unregistration/plan", PortalJson.Default.RevocationPlanDetails, cancellationToken);

    /// <summary>Removes a device. The same key gives the same operation, however often it is sent.</summary>
    public async Task<ApiResult<OperationDetails>> RemoveDeviceAsync(
        string userId, string deviceId, RemoveDeviceRequest removal, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post(Removal(userId, deviceId), removal, PortalJson.Default.RemoveDeviceRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.OperationDetails, cancellationToken);
    }

    /// <summary>Takes a removal back that is on hold. Again, it is the same.</summary>
    public async Task<ApiResult<OperationDetails>> WithdrawRemovalAsync(string userId, string operationId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/operations/{Uri.EscapeDataString(operationId)}/withdrawal")
        {
            Content = Json(new WithdrawRemovalRequest(), PortalJson.Default.WithdrawRemovalRequest),
        };
        return await api.SendAsync(request, PortalJson.Default.OperationDetails, cancellationToken);
    }

    /// <summary>Unregisters all devices. The same key gives the same operation, however often it is sent.</summary>
    public async Task<ApiResult<OperationDetails>> UnregisterAllDevicesAsync(
        string userId, UnregisterAllDevicesRequest unregistration, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post(
            $"{User(userId)}/unregistration", unregistration, PortalJson.Default.UnregisterAllDevicesRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.OperationDetails, cancellationToken);
    }

    /// <summary>Chooses the device that sign-in requests are pushed to; null when it was done.</summary>
    public async Task<ApiProblem?> SetActiveDeviceAsync(string userId, string deviceId, string etag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{User(userId)}/active-device")
        {
            Content = Json(new SetActiveDeviceRequest { DeviceId = deviceId }, PortalJson.Default.SetActiveDeviceRequest),
        };
        request.Headers.TryAddWithoutValidation("If-Match", etag);
        return (await api.SendAsync(request, "application/json", cancellationToken)).Problem;
    }

    /// <summary>Sends a push to a device, to see whether it can be reached.</summary>
    public async Task<ApiResult<PushTest>> TestPushAsync(string userId, string deviceId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/devices/{Uri.EscapeDataString(deviceId)}/test-push");
        return await api.SendAsync(request, PortalJson.Default.PushTest, cancellationToken);
    }

    /// <summary>Sends the revoke push once more to a removed phone that did not confirm. The same key is the same nudge.</summary>
    public async Task<ApiResult<RevocationDetails>> NudgeAsync(string userId, string deviceId, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/revocations/{Uri.EscapeDataString(deviceId)}/nudge");
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.RevocationDetails, cancellationToken);
    }

    public Task<ApiResult<EventStreamList>> ListEventStreamsAsync(CancellationToken cancellationToken) =>
        api.GetAsync("signals/streams", PortalJson.Default.EventStreamList, cancellationToken);

    public Task<ApiResult<EventDeliveryList>> ListEventDeliveriesAsync(string streamId, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"{Stream(streamId)}/events?{Query(("continuation", continuation))}", PortalJson.Default.EventDeliveryList, cancellationToken);

    /// <summary>Pauses a stream of events, or lets it continue.</summary>
    public async Task<ApiResult<EventStreamDetails>> SetEventStreamStatusAsync(
        string streamId, SetEventStreamStatusRequest status, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Stream(streamId)}/status")
        {
            Content = Json(status, PortalJson.Default.SetEventStreamStatusRequest),
        };
        return await api.SendAsync(request, PortalJson.Default.EventStreamDetails, cancellationToken);
    }

    /// <summary>Has an event sent to its receiver once more.</summary>
    public async Task<ApiResult<EventDeliveryDetails>> SendEventAgainAsync(string streamId, string eventId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Stream(streamId)}/events/{Uri.EscapeDataString(eventId)}/delivery");
        return await api.SendAsync(request, PortalJson.Default.EventDeliveryDetails, cancellationToken);
    }

    /// <summary>The claim's QR code as SVG.</summary>
    public Task<ApiResult<string>> ReadClaimQrAsync(string userId, CancellationToken cancellationToken) =>
        api.TextAsync($"{User(userId)}/claim/qr", "image/svg+xml", cancellationToken);

    private static string User(string userId) => $"users/{Uri.EscapeDataString(userId)}";

    private static string Stream(string streamId) => $"signals/streams/{Uri.EscapeDataString(streamId)}";

    private static string SignIns(string userId) => $"{User(userId)}/authentication-requests";

    private static string Removal(string userId, string deviceId) => $"{User(userId)}/devices/{Uri.EscapeDataString(deviceId)}/removal";

    private static string Query(params (string Name, string? Value)[] parameters) => QueryString.Of(parameters);

    private static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type, string idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body, type) };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return request;
    }

    private static StringContent Json<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.Serialize(body, type), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
