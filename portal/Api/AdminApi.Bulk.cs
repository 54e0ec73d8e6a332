using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <summary>Many users at once.</summary>
internal sealed partial class AdminApi
{
    /// <summary>Plans it; nothing is changed. The same key gives the same plan.</summary>
    public async Task<ApiResult<BulkOperationDetails>> PlanBulkOperationAsync(
        PlanBulkOperationRequest plan, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post("bulk-operations", plan, PortalJson.Default.PlanBulkOperationRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.BulkOperationDetails, cancellationToken);
    }

    public Task<ApiResult<BulkOperationList>> ListBulkOperationsAsync(string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"bulk-operations?{Query(("continuation", continuation))}", PortalJson.Default.BulkOperationList, cancellationToken);

    public Task<ApiResult<BulkOperationDetails>> ReadBulkOperationAsync(string id, CancellationToken cancellationToken) =>
        api.GetAsync(Bulk(id), PortalJson.Default.BulkOperationDetails, cancellationToken);

    public Task<ApiResult<BulkUserList>> ListBulkUsersAsync(string id, string? result, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"{Bulk(id)}/users?{Query(("result", result), ("continuation", continuation))}", PortalJson.Default.BulkUserList, cancellationToken);

    /// <summary>Starts what was planned; again, it is the same.</summary>
    public async Task<ApiResult<BulkOperationDetails>> StartBulkOperationAsync(
        string id, StartBulkOperationRequest start, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Bulk(id)}/start") { Content = Json(start, PortalJson.Default.StartBulkOperationRequest) };
        return await api.SendAsync(request, PortalJson.Default.BulkOperationDetails, cancellationToken);
    }

    /// <summary>Pauses, resumes or stops it.</summary>
    public async Task<ApiResult<BulkOperationDetails>> MoveBulkOperationAsync(string id, string how, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Bulk(id)}/{how}");
        return await api.SendAsync(request, PortalJson.Default.BulkOperationDetails, cancellationToken);
    }

    /// <summary>What became of each user, as CSV.</summary>
    public Task<ApiResult<string>> ExportBulkOperationAsync(string id, CancellationToken cancellationToken) =>
        api.TextAsync($"{Bulk(id)}/result.csv", "text/csv, application/problem+json", cancellationToken);

    private static string Bulk(string id) => $"bulk-operations/{Uri.EscapeDataString(id)}";
}
