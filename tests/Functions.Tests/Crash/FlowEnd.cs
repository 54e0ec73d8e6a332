using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>
/// How the database tells the end of a flow, without what differs from user to user: two flows that ended alike read alike. Whether a
/// phone understood its push or learned at its next open is left out, because it cannot fetch the key of the statement from a dead app.
/// </summary>
internal static class FlowEnd
{
    /// <summary>Whether all work is done and every phone that was told has confirmed.</summary>
    public static async Task<bool> IsDoneAsync(TestCloud test, Flow flow)
    {
        if (flow.SignIn is { } signIn)
        {
            return await signIn.IsDoneAsync(test, flow.User);
        }

        if (flow.Import is { } import)
        {
            return await import.IsDoneAsync(test);
        }

        if (flow.Bulk is { } bulk)
        {
            return await bulk.IsDoneAsync(test);
        }

        if (flow.IsDoneAtOnce)
        {
            return true;
        }

        if (flow.Events is { } events && !await events.IsDoneAsync(test, flow.User))
        {
            return false;
        }

        var operations = await test.AllAsync<OperationDocument>(flow.User, OperationDocument.DocumentType);
        var revocations = await test.AllAsync<RevocationDocument>(flow.User, RevocationDocument.DocumentType);
        return operations.Count > 0
            && operations.All(operation => operation.Status is OperationStatus.Succeeded or OperationStatus.Withdrawn)
            && revocations.All(revocation => revocation is { NextAttemptAt: null, ConfirmedAt: not null });
    }

    public static async Task<string> DescribeAsync(TestCloud test, Flow flow)
    {
        if (flow.Bulk is { } bulk)
        {
            return string.Join('\n', (await bulk.DescribeAsync(test)).Order(StringComparer.Ordinal));
        }

        var user = await test.UserDocumentAsync(flow.User);
        var devices = await test.AllAsync<DeviceDocument>(flow.User, DeviceDocument.DocumentType);
        var accounts = await test.AllAsync<AccountDocument>(flow.User, AccountDocument.DocumentType);
        var revocations = await test.AllAsync<RevocationDocument>(flow.User, RevocationDocument.DocumentType);
        var operations = await test.AllAsync<OperationDocument>(flow.User, OperationDocument.DocumentType);
        var claims = await test.AllAsync<ClaimDocument>(flow.User, ClaimDocument.DocumentType);
        var entries = await test.AuditAsync(flow.User);
        var signIns = flow.SignIn is null ? [] : await SignInEnd.DescribeAsync(test, flow.User);
        return string.Join('\n', ((IEnumerable<string>)
        [
            $"user {user.DidState} epoch {user.Epoch} did {Has(user.Did)} retired {user.RetiredDids.Count} devices {user.DeviceCount}"
                + $" active {Has(user.ActiveDeviceId)} accounts {user.AccountCount} in version {user.AccountsVersion}",
            .. devices.Select(device => $"device {device.Model} {device.State} epoch {device.Epoch} handle {Has(device.PushHandle)} push {device.PushStatus}"
                + $" accounts {device.AccountsVersion}"),
            .. accounts.Select(account => $"account epoch {account.Epoch} did of the user {account.Did == user.Did}"),
            .. revocations.Select(revocation => Describe(flow, revocation, test.PushesTo(flow, revocation))),
            .. operations.Select(Describe),
            .. claims.Select(claim => $"claim {claim.State} epoch {claim.Epoch} failed attempts {claim.FailedAttempts}"),
            .. entries.Where(entry => entry.Action != AuditActions.RemovalLearned).Select(entry => $"audit {entry.Action} by {entry.Actor.Kind} alert {entry.Alert}"),
            .. signIns,
            .. flow.Import is null ? [] : await flow.Import.DescribeAsync(test),
            .. flow.Events is null ? [] : await flow.Events.DescribeAsync(test, flow.User),
        ]).Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// The process may die between the provider's answer and its record, and the phone confirm before the message is retried. Nobody
    /// knows then that the push was accepted, and none is sent once more: the one end that a kill may change.
    /// </summary>
    private static string Describe(Flow flow, RevocationDocument revocation, int pushes)
    {
        var isTold = revocation.Push == RevokePushState.Accepted
            || (flow.IsDeparture && revocation.LearnedAt is not null)
            || (revocation is { Push: RevokePushState.Cancelled, ConfirmedAt: not null } && pushes > 0);
        return $"revocation {revocation.Model} epoch {revocation.Epoch} told {isTold} handle {Has(revocation.PushHandle)}"
            + $" confirmed {Has(revocation.ConfirmedAt)}";
    }

    private static string Describe(OperationDocument operation) =>
        $"operation {operation.Kind} {operation.Status} finished {Has(operation.FinishedAt)} "
        + string.Join(' ', operation.Steps.Select(step => $"{step.Name} {step.Status} {step.Completed}/{step.Total}"));

    private static bool Has(object? value) => value is not null;

    private static int PushesTo(this TestCloud test, Flow flow, RevocationDocument revocation) => test.PushesTo(
        flow.User.Phones[flow.User.DeviceIds.ToList().IndexOf(revocation.DeviceId)].State.PushAddress.ToHandle());
}
