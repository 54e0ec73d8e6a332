using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Users;

/// <summary>A phone in a model of the database; days are whole, and half a day is added when it is stored.</summary>
internal sealed record ModelPhone(int Unused, string Status, bool? Allowed, int? HandleDays, int? CheckedDays)
{
    public static readonly Gen<ModelPhone> Generated = Gen.Select(
        Any.Of(0, 5, 29, 40, 100),
        Any.Of("receiving", "receiving", "receiving", "notReceiving", "none"),
        Any.Of<bool?>(null, true, false),
        Any.Of<int?>(null, 1, 29, 31, 120),
        Any.Of<int?>(null, 2, 29, 31),
        (unused, status, allowed, handle, seen) => new ModelPhone(unused, status, allowed, handle, seen));

    public string Push => Status != "receiving" ? Status
        : Allowed == false ? "notificationsOff"
        : Unused >= 30 && !(HandleDays < 30) && !(CheckedDays < 30) ? "unknown"
        : "receiving";

    public DeviceDocument Document(StoredTenant tenant, string userId, int index) =>
        tenant.Device(userId, $"{userId}-{index}", Days(userId, index)) with
        {
            PushStatus = Enum.Parse<PushStatus>(Status, ignoreCase: true),
            NotificationsAllowed = Allowed,
            PushHandle = HandleDays is { } handle ? tenant.Handle(handle + 0.5) : null,
            PushCheckedAt = CheckedDays is { } seen ? tenant.Now.AddDays(-seen - 0.5) : null,
        };

    /// <summary>No two phones of a tenant were active at the same moment.</summary>
    public double Days(string userId, int index) => Unused + 0.4 + ((userId[^1] - '0') * 0.01) + (index * 0.001);
}

/// <summary>A user in a model of the database.</summary>
internal sealed record ModelUser(
    char Letter, string Family, string State, string[] Applications, string Claim, string Removal, ModelPhone[] Phones, int? Active)
{
    public static readonly Gen<ModelUser> Generated = Gen.Select(
        Any.Of('a', 'B', 'b', 'Z', '-', '_', '7'),
        Any.Of("Adams", "adams", "Young"),
        Any.Of("invited", "active", "active", "active", "resetting", "unregistered", "suspended", "left"),
        Any.Of<string[]>([], ["payroll"], ["crm"], ["crm", "crm", "crm", "payroll"]),
        Any.Of("none", "open", "open", "expiring", "expired", "locked", "locked late", "redeemed"),
        Any.Of("none", "unconfirmed", "unconfirmed", "confirmed", "learned"),
        ModelPhone.Generated.Array[0, 3],
        Any.Of<int?>(null, 0, 0, 1),
        (letter, family, state, applications, claim, removal, phones, active) =>
            new ModelUser(letter, family, state, applications, claim, removal, phones, active < phones.Length ? active : null));

    /// <summary>A user whom every filter finds.</summary>
    public static readonly ModelUser WithEverything =
        new('a', "Adams", "invited", ["crm"], "expiring", "unconfirmed", [new ModelPhone(100, "none", null, null, null)], 0);

    public int Index { get; init; }

    public string UserId => $"{Letter}-{Index}";

    public double? LastActiveDays => Phones.Length == 0 ? null : Phones.Select((phone, index) => phone.Days(UserId, index)).Min();

    public string? ActivePush => Active is { } index ? Phones[index].Push : null;

    /// <summary>Values of the filter by claim that find the user. A claim that is locked stays so when its time is over.</summary>
    public string[] Claims => Claim switch
    {
        "open" => ["open"],
        "expiring" => ["open", "expiring"],
        "locked" or "locked late" => ["locked"],
        _ => [],
    };

    public Task StoreAsync(StoredTenant tenant) => tenant.StoreAsync(
        UserId,
        [
            User(tenant),
            .. Phones.Select((phone, index) => phone.Document(tenant, UserId, index)),

            // A revoked phone counts for nothing.
            tenant.Device(UserId, $"{UserId}-revoked") with { State = DeviceState.Revoked, PushStatus = PushStatus.NotReceiving },
            .. Applications.Select((application, index) => new AccountDocument
            {
                Id = AccountDocument.IdOf($"{index}"),
                TenantId = tenant.Tenant,
                UserId = UserId,
                AccountId = $"{index}",
                ApplicationId = application,
                ApplicationName = application,
                AccountName = UserId,
                Epoch = 1,
            }),
            .. ClaimDocuments(tenant),
            .. Removals(tenant),
        ]);

    private UserDocument User(StoredTenant tenant)
    {
        var user = tenant.User(UserId, Family) with
        {
            CreatedAt = tenant.Now.AddDays(-200 - Index),
            ActiveDeviceId = Active is { } index ? $"{UserId}-{index}" : null,
            DeviceCount = Phones.Length,
        };
        return State switch
        {
            "active" => user with { DidState = DidState.Active },
            "resetting" => user with { DidState = DidState.Resetting },
            "unregistered" => user with { DidState = DidState.Unclaimed, Epoch = 2 },
            "suspended" => user with { Suspension = new Suspension(tenant.Now, AuditActorKinds.Administrator, "Alice", "Away") },
            "left" => user with { LeftAt = tenant.Now, Suspension = new Suspension(tenant.Now, AuditActorKinds.Directory, "Directory", "Gone") },
            _ => user with { DidState = DidState.Unclaimed },
        };
    }

    private IEnumerable<IdentityDocument> ClaimDocuments(StoredTenant tenant) => Claim == "none" ? [] :
    [
        new ClaimDocument
        {
            Id = ClaimDocument.DocumentId,
            TenantId = tenant.Tenant,
            UserId = UserId,
            ClaimId = "claim",
            KeyId = "key",
            Epoch = 1,
            CreatedAt = tenant.Now.AddDays(-2),
            ExpiresAt = tenant.Now.AddHours(
                Claim switch { "expired" or "locked late" => -1, "expiring" => ClaimTallies.ExpiringHours - 1, _ => ClaimTallies.ExpiringHours + 1 }),
            State = Claim switch { "redeemed" => ClaimState.Redeemed, "locked" or "locked late" => ClaimState.Locked, _ => ClaimState.Open },
        },
    ];

    private IEnumerable<IdentityDocument> Removals(StoredTenant tenant) => Removal == "none" ? [] :
    [
        new RevocationDocument
        {
            Id = RevocationDocument.IdOf("gone"),
            TenantId = tenant.Tenant,
            UserId = UserId,
            DeviceId = "gone",
            Name = "Lost phone",
            Model = "Pixel 10",
            Platform = DevicePlatform.Android,
            Epoch = 1,
            OperationId = new string('0', 32),
            PublicKey = "{}",
            PushId = Guid.NewGuid().ToString(),
            Statement = "",
            BlockedAt = tenant.Now.AddDays(-3),
            Push = RevokePushState.Unreachable,
            RetryUntil = tenant.Now.AddDays(27),
            ConfirmedAt = Removal == "confirmed" ? tenant.Now : null,
            LearnedAt = Removal == "learned" ? tenant.Now : null,
        },
    ];
}
