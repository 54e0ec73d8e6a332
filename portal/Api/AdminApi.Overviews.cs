using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <content>The whole tenant.</content>
internal sealed partial class AdminApi
{
    /// <summary>What needs somebody now.</summary>
    public Task<ApiResult<TenantOverview>> ReadOverviewAsync(CancellationToken cancellationToken) =>
        api.GetAsync("overview", PortalJson.Default.TenantOverview, cancellationToken);

    public Task<ApiResult<TenantOperationList>> ListOperationsAsync(
        IEnumerable<(string Name, string? Value)> filter, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"operations?{Query([.. filter, ("continuation", continuation)])}", PortalJson.Default.TenantOperationList, cancellationToken);

    /// <summary>All operations that the filter finds, as CSV.</summary>
    public Task<ApiResult<string>> ExportOperationsAsync(IEnumerable<(string Name, string? Value)> filter, CancellationToken cancellationToken) =>
        api.TextAsync($"operations.csv?{Query([.. filter])}", "text/csv, application/problem+json", cancellationToken);

    public Task<ApiResult<TenantSignInList>> ListSignInsAsync(
        IEnumerable<(string Name, string? Value)> filter, string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"sign-ins?{Query([.. filter, ("continuation", continuation)])}", PortalJson.Default.TenantSignInList, cancellationToken);

    /// <summary>All that the filter finds, as CSV.</summary>
    public Task<ApiResult<string>> ExportSignInsAsync(IEnumerable<(string Name, string? Value)> filter, CancellationToken cancellationToken) =>
        api.TextAsync($"sign-ins.csv?{Query([.. filter])}", "text/csv, application/problem+json", cancellationToken);

    /// <summary>Removed devices whose phones do not know it yet.</summary>
    public Task<ApiResult<TenantRevocationList>> ListUnconfirmedAsync(string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"revocations?{Query(("confirmed", "false"), ("continuation", continuation))}", PortalJson.Default.TenantRevocationList, cancellationToken);
}
