using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Policies;

/// <summary>Requests for approval as administrators see them.</summary>
internal static class Approvals
{
    public static ApprovingPerson AsApproving(this Administrator administrator) =>
        new(administrator.Subject, administrator.Name, SeenAdministrators.Folded(administrator.SignInName));

    public static ApprovalDetails ToDetails(this ApprovalDocument approval, Administrator administrator, DateTimeOffset now) => new(
        approval.ApprovalId,
        approval.Action,
        approval.Summary,
        approval.Key.IsOfTenant ? null : approval.UserId,
        approval.Reason,
        approval.RequestedBy.Name,
        approval.RequestedAt,
        approval.ExpiresAt,
        approval.StateAt(now),
        approval.StateAt(now) == ApprovalState.Pending && approval.Hindrance(administrator.AsApproving(), administrator.Roles) is null,
        approval.DecidedBy?.Name,
        approval.DecidedAt,
        approval.Note);
}
