using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using BlokSec.Local.Seed;

namespace BlokSec.Benchmarks.Lists;

/// <summary>The documents of a large tenant, as the app writes them: those of one user after the other.</summary>
/// <param name="users">How many users.</param>
/// <param name="devices">How many devices they have together.</param>
/// <param name="entries">How many audit entries there are together.</param>
/// <param name="now">The time.</param>
internal sealed class LargeTenant(int users, int devices, int entries, DateTimeOffset now)
{
    /// <summary>An actor who did one in forty things.</summary>
    public const string Actor = "Admin 7";

    /// <summary>A word that is in the reason of one entry in a thousand.</summary>
    public const string Rare = "stocktaking";

    /// <summary>Part of the name of one user in a hundred.</summary>
    public const string Name = "byron 42";

    /// <summary>How far the audit goes back.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromDays(350);

    private const int SignInsOfUser = 2;
    private const int UsersPerOperation = 4;
    private const string Key = """{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private static readonly string[] Actions = [AuditActions.UserChanged, AuditActions.AccountCreated, AuditActions.DeviceRemoved, AuditActions.UserInvited];

    private readonly TimeSpan step = Span / entries;

    public IEnumerable<byte[]> Documents() => Enumerable.Range(0, users).SelectMany(OfUser).Select(
        document => JsonSerializer.SerializeToUtf8Bytes(document, document.GetType(), Json.Documents));

    private IEnumerable<IdentityDocument> OfUser(int number)
    {
        var key = new UserKey(DemoPeople.Contoso, string.Create(CultureInfo.InvariantCulture, $"person-{number:D6}"));
        var phones = Enumerable.Range(0, devices / users).Select(phone => Device(key, number, phone)).ToArray();
        return [User(key, number, phones), .. phones, .. SignIns(key, number, phones), .. Operations(key, number, phones), .. Entries(key, number)];
    }

    private UserDocument User(UserKey key, int number, IReadOnlyList<DeviceDocument> phones)
    {
        var (given, family) = ($"Ada {number}", $"Byron {number / 200}");
        var email = $"{key.UserId}@contoso.example";
        return new UserDocument
        {
            Id = UserDocument.DocumentId,
            TenantId = key.TenantId,
            UserId = key.UserId,
            GivenName = given,
            FamilyName = family,
            Email = email,
            EmailKey = email,
            SearchText = SearchText.Of(given, family, email, mobile: null),
            SortName = $"{family} {given} {key.UserId}".ToLowerInvariant(),
            CreatedAt = now.AddMinutes(-number),
            Did = phones.Count == 0 ? null : $"did:key:{key.UserId}",
            DidState = phones.Count == 0 ? DidState.Unclaimed : DidState.Active,
            Epoch = UserDocument.FirstEpoch,
            ActiveDeviceId = phones.Count == 0 ? null : phones[0].DeviceId,
            KeysEntered = true,
            AccountCount = 3,
            DeviceCount = phones.Count,
        };
    }

    /// <summary>One user in ten did not use any for long.</summary>
    private DeviceDocument Device(UserKey key, int number, int phone)
    {
        var id = Id(key, "device", phone);
        return new DeviceDocument
        {
            Id = DeviceDocument.IdOf(id),
            TenantId = key.TenantId,
            UserId = key.UserId,
            DeviceId = id,
            Name = $"Phone {phone}",
            Model = phone % 2 == 0 ? "Pixel 9" : "iPhone 16",
            Platform = phone % 2 == 0 ? DevicePlatform.Android : DevicePlatform.Ios,
            OsVersion = "16",
            AppVersion = "4.2",
            PublicKey = Key,
            PushHandle = new PushHandle(PushHandleKind.FcmToken, $"{id}:{new string('t', 120)}", PushEnvironment.Production, now.AddDays(-200)),
            PushStatus = PushStatus.Receiving,
            LastActiveAt = now.AddDays(number % 10 == 0 ? -120 : 0).AddSeconds(-(number * 10) - phone),
            RegisteredAt = now.AddDays(-200),
            Epoch = UserDocument.FirstEpoch,
        };
    }

    private IEnumerable<IdentityDocument> SignIns(UserKey key, int number, IReadOnlyList<DeviceDocument> phones) => Enumerable.Range(0, SignInsOfUser).Select(signIn =>
    {
        var id = Id(key, "sign-in", signIn);
        var at = now.AddSeconds(-(number * SignInsOfUser) - signIn - 300);
        return new AuthenticationRequestDocument
        {
            Id = AuthenticationRequestDocument.IdOf(id),
            TenantId = key.TenantId,
            UserId = key.UserId,
            RequestId = id,
            ApplicationId = "payroll",
            ApplicationName = "Payroll",
            Method = "Push",
            Status = AuthenticationRequestStatus.Accepted,
            IssuedAt = at,
            ExpiresAt = at.AddMinutes(2),
            RespondedAt = at.AddSeconds(9),
            AnsweredBy = phones.Count == 0 ? null : phones[0].DeviceId,
            Ttl = AuthenticationRequestDocument.RetentionSeconds,
        };
    });

    private IEnumerable<IdentityDocument> Operations(UserKey key, int number, IReadOnlyList<DeviceDocument> phones)
    {
        if (number % UsersPerOperation != 0)
        {
            yield break;
        }

        var (id, at) = (Id(key, "operation", 0), now.AddMinutes(-number));
        yield return new OperationDocument
        {
            Id = OperationDocument.IdOf(id),
            TenantId = key.TenantId,
            UserId = key.UserId,
            OperationId = id,
            Kind = OperationKind.RemoveDevice,
            Status = number % 400 == 0 ? OperationStatus.Failed : OperationStatus.Succeeded,
            RequestedBy = Actor,
            Reason = "Lost",
            RequestedAt = at,
            UpdatedAt = at,
            Fingerprint = id,
            Epoch = UserDocument.FirstEpoch,
            Steps = [new OperationStep(OperationStepName.Block, OperationStatus.Succeeded, 1, 1, at)],
            DeviceIds = [.. phones.Take(1).Select(phone => phone.DeviceId)],
        };
    }

    /// <summary>Spread over the year, so that neighbours in time belong to different users.</summary>
    private IEnumerable<IdentityDocument> Entries(UserKey key, int number)
    {
        for (var index = number; index < entries; index += users)
        {
            var who = $"Admin {index % 40}";
            yield return key.Entry(
                now - (step * index), new AuditActor(AuditActorKinds.Administrator, $"admin-{index % 40}", who, "203.0.113.7", "Firefox"), Actions[index % 4], Id(key, "device", 0)) with
            {
                Reason = index % 1000 == 0 ? $"Found at {Rare}" : "As asked for by the help desk",
                TraceId = Id(key, "trace", index),
                After = new Dictionary<string, string?> { ["name"] = who },
                Ttl = 400 * 24 * 3600,
            };
        }
    }

    private static string Id(UserKey key, string what, int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.UserId}/{what}/{number}")))[..32];
}
