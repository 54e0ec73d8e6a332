using BlokSec.Contracts;
using BlokSec.Portal.Security;

namespace BlokSec.Portal.Tests.Infrastructure;

/// <summary>A user, a device, a plan as the API would answer; tests say what is different.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 11, 3, 5, TimeSpan.Zero);

    public static Administrator Manager { get; } = new("contoso/alice", "Alice Adams", "contoso", Reads: true, Manages: true);

    /// <summary>Who manages everything.</summary>
    public static Administrator Everything { get; } = Manager with { ManagesUsers = true, ManagesApplications = true };

    public static Administrator Reader { get; } = new("contoso/rob", "Rob Reader", "contoso", Reads: true, Manages: false);

    public static DeviceDetails Device(string name = "Work phone", string model = "iPhone 16 Pro", string? id = null) => new(
        id ?? name.Replace(' ', '-').PadRight(43, 'x'),
        name,
        model,
        DevicePlatform.Ios,
        "19.1",
        "5.2.0",
        Now.AddDays(-90),
        Now.AddMinutes(-3),
        IsActive: false,
        PushStatus.Receiving,
        null,
        CanBecomeActive: true,
        Epoch: 1);

    public static UserDetails User(params IReadOnlyList<DeviceDetails> devices) => new(
        "maria-lopez",
        "\"etag-1\"",
        "Maria",
        "Lopez",
        "maria.lopez@contoso.example",
        "+15550100",
        Now.AddDays(-200),
        "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
        DidState.Active,
        Epoch: 1,
        devices is [var first, ..] ? first.DeviceId : null,
        devices,
        AccountCount: 0,
        new AccountList([], null),
        [],
        null,
        [],
        [])
    {
        State = UserState.Active,
    };

    public static PlannedDevice Planned(DeviceDetails device) => new(
        device.DeviceId, device.Name, device.Model, device.Platform, device.LastActiveAt, device.IsActive, device.Push, device.PushReason);

    public static RevocationPlanDetails Plan(params IReadOnlyList<PlannedDevice> devices) => new(
        OperationKind.RemoveDevice,
        "hash-1",
        ConfirmationPhrases.RemoveDevice,
        devices,
        RemainingDevices: 2,
        ActiveDevice: null,
        ActiveDeviceChanges: false,
        [],
        AccountCount: 0,
        [],
        ResetsDid: false,
        LocksOut: false,
        PlanNextStep.None,
        CancelsClaim: false);

    public static RevocationDetails Revocation(DeviceDetails device, string operationId = "op-1") => new(
        device.DeviceId,
        device.Name,
        device.Model,
        device.Platform,
        Epoch: 1,
        operationId,
        RevocationState.Blocked,
        Now,
        RevokePushState.Queued,
        null,
        PushAttempts: 0,
        Now,
        Now.AddDays(30),
        [new RevocationEvent("Blocked", Now, null)]);

    public static OperationDetails Operation(string operationId = "op-1", params IReadOnlyList<string> deviceIds) => new(
        operationId,
        "maria-lopez",
        OperationKind.RemoveDevice,
        OperationStatus.Running,
        "Alice Adams",
        "stolen",
        Now,
        Now,
        null,
        [new OperationStepDetails(OperationStepName.Block, OperationStatus.Succeeded, 1, 1, Now, null)],
        deviceIds);

    public static ClaimDetails Claim(ClaimState state = ClaimState.Open) => new(
        "claim-1", state, Now, Now.AddHours(24), 0, state == ClaimState.Open ? "https://app.bloksec.io/claim#contoso.maria-lopez.code" : null, null, null);

    public static AuthenticationRequestDetails Request(string requestId = "r-1") => new(
        requestId, "Salesforce", "Push", AuthenticationRequestStatus.Pending, "Canada", "Toronto", "203.0.113.7", Now.AddMinutes(-1), null, null, null)
    {
        ApplicationId = "sales",
        AccountName = "maria.lopez@contoso.example",
        ExpiresAt = Now.AddMinutes(1),
    };

    public static AuthenticationRequestRecord SignIn(AuthenticationRequestDetails? request = null) => new(
        request ?? Request(),
        "account-1",
        "Sign in to Salesforce",
        "Firefox on Windows",
        new SignInDevice("pushed", "Work phone"),
        AnsweringDevice: null,
        Digits: 6,
        WrongNumbers: 0,
        PushAcceptedAt: null,
        PushReason: null);
}
