using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <content>Applications, accounts, and leaving.</content>
internal sealed partial class AdminApi
{
    public Task<ApiResult<ApplicationList>> ListApplicationsAsync(string? continuation, CancellationToken cancellationToken) => api.GetAsync(
        $"applications?{Query(("pageSize", "200"), ("continuation", continuation))}", PortalJson.Default.ApplicationList, cancellationToken);

    /// <summary>The first page of the applications that a search finds.</summary>
    public Task<ApiResult<ApplicationList>> FindApplicationsAsync(IEnumerable<(string Name, string? Value)> search, CancellationToken cancellationToken) =>
        api.GetAsync($"applications?{Query([.. search])}", PortalJson.Default.ApplicationList, cancellationToken);

    public Task<ApiResult<ApplicationDetails>> ReadApplicationAsync(string applicationId, CancellationToken cancellationToken) =>
        api.GetAsync(Application(applicationId), PortalJson.Default.ApplicationDetails, cancellationToken);

    /// <summary>Registers an application. The same key gives the same application.</summary>
    public async Task<ApiResult<ApplicationDetails>> CreateApplicationAsync(
        CreateApplicationRequest application, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post("applications", application, PortalJson.Default.CreateApplicationRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.ApplicationDetails, cancellationToken);
    }

    public async Task<ApiResult<ApplicationDetails>> EditApplicationAsync(
        ApplicationDetails seen, EditApplicationRequest change, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Application(seen.ApplicationId))
        {
            Content = Json(change, PortalJson.Default.EditApplicationRequest),
        };
        request.Headers.TryAddWithoutValidation("If-Match", seen.ETag);
        return await api.SendAsync(request, PortalJson.Default.ApplicationDetails, cancellationToken);
    }

    public async Task<ApiResult<ApplicationDetails>> SetApplicationStateAsync(
        string applicationId, SetApplicationStateRequest state, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Application(applicationId)}/state")
        {
            Content = Json(state, PortalJson.Default.SetApplicationStateRequest),
        };
        return await api.SendAsync(request, PortalJson.Default.ApplicationDetails, cancellationToken);
    }

    public Task<ApiResult<ApplicationAccountList>> ListApplicationAccountsAsync(
        string applicationId, string? continuation, CancellationToken cancellationToken) => api.GetAsync(
        $"{Application(applicationId)}/accounts?{Query(("continuation", continuation))}", PortalJson.Default.ApplicationAccountList, cancellationToken);

    /// <summary>Lists the accounts of a user that a search and an application leave.</summary>
    public Task<ApiResult<AccountList>> FindAccountsAsync(
        string userId, string search, string? applicationId, string? continuation, CancellationToken cancellationToken) => api.GetAsync(
        $"{User(userId)}/accounts?{Query(("search", search), ("application", applicationId), ("continuation", continuation))}",
        PortalJson.Default.AccountList,
        cancellationToken);

    /// <summary>Adds an account. The same key gives the same account.</summary>
    public async Task<ApiResult<AccountDetails>> CreateAccountAsync(
        string userId, CreateAccountRequest account, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post($"{User(userId)}/accounts", account, PortalJson.Default.CreateAccountRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.AccountDetails, cancellationToken);
    }

    /// <summary>Removes one account; null when it was done.</summary>
    public async Task<ApiProblem?> RemoveAccountAsync(string userId, string accountId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{User(userId)}/accounts/{Uri.EscapeDataString(accountId)}");
        return (await api.SendAsync(request, "application/json", cancellationToken)).Problem;
    }

    /// <summary>Removes the accounts of an application. The same key gives the same operation.</summary>
    public async Task<ApiResult<OperationDetails>> RemoveAccountsAsync(
        string userId, RemoveAccountsRequest removal, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post($"{User(userId)}/accounts/removal", removal, PortalJson.Default.RemoveAccountsRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.OperationDetails, cancellationToken);
    }

    public Task<ApiResult<DeparturePlanDetails>> PlanDepartureAsync(string userId, CancellationToken cancellationToken) =>
        api.GetAsync($"{User(userId)}/departure/plan", PortalJson.Default.DeparturePlanDetails, cancellationToken);

    /// <summary>Removes all accounts. The same key gives the same operation.</summary>
    public async Task<ApiResult<OperationDetails>> StartDepartureAsync(
        string userId, StartDepartureRequest departure, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Post($"{User(userId)}/departure", departure, PortalJson.Default.StartDepartureRequest, idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.OperationDetails, cancellationToken);
    }

    private static string Application(string applicationId) => $"applications/{Uri.EscapeDataString(applicationId)}";
}
