using System.Text.Json.Serialization;
using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Approvals;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Policies;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Users;

namespace BlokSec.Portal.Api;

/// <summary>How the console reads and writes JSON: as <c>functions/Json.cs</c> does, but generated at build, so that it survives trimming.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(CamelCase<AccountScopeKind>),
        typeof(CamelCase<ApplicationState>),
        typeof(CamelCase<ApprovalState>),
        typeof(CamelCase<AuthenticationRequestStatus>),
        typeof(CamelCase<ClaimChannel>),
        typeof(CamelCase<BulkKind>),
        typeof(CamelCase<BulkResult>),
        typeof(CamelCase<BulkState>),
        typeof(CamelCase<ClaimState>),
        typeof(CamelCase<DenialReason>),
        typeof(CamelCase<DevicePlatform>),
        typeof(CamelCase<DidState>),
        typeof(CamelCase<EventDeliveryState>),
        typeof(CamelCase<EventStreamStatus>),
        typeof(CamelCase<OperationKind>),
        typeof(CamelCase<OperationStatus>),
        typeof(CamelCase<OperationStepName>),
        typeof(CamelCase<PlanNextStep>),
        typeof(CamelCase<PushStatus>),
        typeof(CamelCase<ReceiptOutcome>),
        typeof(CamelCase<RevocationState>),
        typeof(CamelCase<RevokePushState>),
        typeof(CamelCase<UserState>),
    ])]
[JsonSerializable(typeof(AccountDetails))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(ApplicationAccountList))]
[JsonSerializable(typeof(ApplicationDetails))]
[JsonSerializable(typeof(ApplicationList))]
[JsonSerializable(typeof(ApprovalDetails))]
[JsonSerializable(typeof(ApprovalList))]
[JsonSerializable(typeof(AuditChainDetails))]
[JsonSerializable(typeof(AuditEntryList))]
[JsonSerializable(typeof(AuthenticationRequestList))]
[JsonSerializable(typeof(AuthenticationRequestRecord))]
[JsonSerializable(typeof(BulkOperationDetails))]
[JsonSerializable(typeof(BulkOperationList))]
[JsonSerializable(typeof(BulkUserList))]
[JsonSerializable(typeof(ChangeMailSettingsRequest))]
[JsonSerializable(typeof(ChangeUserRequest))]
[JsonSerializable(typeof(ClaimChannelRequest))]
[JsonSerializable(typeof(ClaimDetails))]
[JsonSerializable(typeof(IdentityCheckRequest))]
[JsonSerializable(typeof(ImportDetails))]
[JsonSerializable(typeof(ImportList))]
[JsonSerializable(typeof(CreatedProvisioningToken))]
[JsonSerializable(typeof(CreateProvisioningTokenRequest))]
[JsonSerializable(typeof(EventDeliveryDetails))]
[JsonSerializable(typeof(EventDeliveryList))]
[JsonSerializable(typeof(EventStreamDetails))]
[JsonSerializable(typeof(EventStreamList))]
[JsonSerializable(typeof(InvitedUser))]
[JsonSerializable(typeof(InviteUserRequest))]
[JsonSerializable(typeof(CreateAccountRequest))]
[JsonSerializable(typeof(CreateApplicationRequest))]
[JsonSerializable(typeof(DecideApprovalRequest))]
[JsonSerializable(typeof(DeparturePlanDetails))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(EditApplicationRequest))]
[JsonSerializable(typeof(KeptAccountRemoval))]
[JsonSerializable(typeof(KeptDecision))]
[JsonSerializable(typeof(KeptDraft))]
[JsonSerializable(typeof(KeptRemoval))]
[JsonSerializable(typeof(KeptSuspension))]
[JsonSerializable(typeof(MailSettings))]
[JsonSerializable(typeof(OperationDetails))]
[JsonSerializable(typeof(PolicyDetails))]
[JsonSerializable(typeof(PolicyDraft))]
[JsonSerializable(typeof(PlanBulkOperationRequest))]
[JsonSerializable(typeof(PortalSettings))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(ProvisioningTokenList))]
[JsonSerializable(typeof(PushTest))]
[JsonSerializable(typeof(ReactivateUserRequest))]
[JsonSerializable(typeof(ReceiptClaims))]
[JsonSerializable(typeof(RemovalReceipt))]
[JsonSerializable(typeof(RevocationDetails))]
[JsonSerializable(typeof(RemoveAccountsRequest))]
[JsonSerializable(typeof(RemoveDeviceRequest))]
[JsonSerializable(typeof(RevocationPlanDetails))]
[JsonSerializable(typeof(SetActiveDeviceRequest))]
[JsonSerializable(typeof(SetApplicationStateRequest))]
[JsonSerializable(typeof(StartBulkOperationRequest))]
[JsonSerializable(typeof(StartDepartureRequest))]
[JsonSerializable(typeof(SetEventStreamStatusRequest))]
[JsonSerializable(typeof(SuspendUserRequest))]
[JsonSerializable(typeof(TenantPolicies))]
[JsonSerializable(typeof(TenantOperationList))]
[JsonSerializable(typeof(TenantOverview))]
[JsonSerializable(typeof(TenantRevocationList))]
[JsonSerializable(typeof(TenantSignInList))]
[JsonSerializable(typeof(UnregisterAllDevicesRequest))]
[JsonSerializable(typeof(UserDetails))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(WithdrawRemovalRequest))]
internal sealed partial class PortalJson : JsonSerializerContext;

/// <summary>An enum as the API writes it.</summary>
internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
