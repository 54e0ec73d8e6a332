using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <content>What is demanded of administrators, and what they agree to.</content>
internal sealed partial class AdminApi
{
    public Task<ApiResult<PolicyDetails>> ReadPoliciesAsync(CancellationToken cancellationToken) =>
        api.GetAsync("policies", PortalJson.Default.PolicyDetails, cancellationToken);

    /// <summary>Chooses the policies, if they are still those that were seen.</summary>
    public async Task<ApiResult<PolicyDetails>> ChangePoliciesAsync(TenantPolicies policies, string etag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "policies") { Content = Json(policies, PortalJson.Default.TenantPolicies) };
        request.Headers.TryAddWithoutValidation("If-Match", etag);
        return await api.SendAsync(request, PortalJson.Default.PolicyDetails, cancellationToken);
    }

    public Task<ApiResult<ApprovalList>> ListApprovalsAsync(string? continuation, CancellationToken cancellationToken) =>
        api.GetAsync($"approvals?{Query(("continuation", continuation))}", PortalJson.Default.ApprovalList, cancellationToken);

    /// <summary>Agrees to what a colleague asked for, or refuses it. Deciding the same again is the same.</summary>
    public async Task<ApiResult<ApprovalDetails>> DecideApprovalAsync(string approvalId, DecideApprovalRequest decision, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"approvals/{Uri.EscapeDataString(approvalId)}/decision")
        {
            Content = Json(decision, PortalJson.Default.DecideApprovalRequest),
        };
        return await api.SendAsync(request, PortalJson.Default.ApprovalDetails, cancellationToken);
    }
}
