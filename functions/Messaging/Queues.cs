namespace BlokSec.Functions.Messaging;

/// <summary>The queues; <c>infra/topology.json</c> has the same names, which a test compares.</summary>
internal static class Queues
{
    public const string Revocations = "revocations";
    public const string RevokePushes = "revoke-pushes";
    public const string DeviceDeletions = "device-deletions";
    public const string DidResets = "did-resets";
    public const string AccountRemovals = "account-removals";
    public const string SignInPushes = "sign-in-pushes";
    public const string Signals = "signals";
    public const string EventDeliveries = "event-deliveries";
    public const string UserImports = "user-imports";
    public const string Mails = "mails";
    public const string BulkOperations = "bulk-operations";

    public static IReadOnlyList<string> All { get; } = [Revocations, RevokePushes, DeviceDeletions, DidResets, AccountRemovals, SignInPushes, Signals, EventDeliveries, UserImports, Mails, BulkOperations];
}
