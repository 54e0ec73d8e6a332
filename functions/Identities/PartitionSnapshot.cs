using System.Text.Json;

namespace BlokSec.Functions.Identities;

/// <summary>
/// What one query of a user's partition found, by kind. A document that cannot be read holds up no other: of a user and of devices it
/// keeps what can be read, all others are only named.
/// </summary>
internal sealed class PartitionSnapshot(UnreadableDocuments unreadable)
{
    private readonly Dictionary<string, int> versions = [];
    private UserDocument? user;
    private bool isRecovered;

    /// <summary>The user.</summary>
    /// <exception cref="UnreadableDocumentException">A member cannot be read on which decisions rest, and nobody recovered it.</exception>
    public UserDocument? User
    {
        get
        {
            if (DamagedUser is not null)
            {
                EnsureRead(UserDocument.DocumentId);
            }

            return user;
        }
    }

    /// <summary>The user, while members are lost on which decisions rest; see <see cref="IdentityStore.RecoverUserAsync"/>.</summary>
    public UserDocument? DamagedUser => isRecovered || user is not { Lost.Count: > 0 } ? null : user;

    /// <summary>The user's department, as far as it can be read.</summary>
    public string? DepartmentKey => user?.DepartmentKey;

    public ClaimDocument? Claim { get; private set; }

    public List<DeviceDocument> Devices { get; private set; } = [];

    public List<RevocationDocument> Revocations { get; } = [];

    public List<OperationDocument> Operations { get; } = [];

    public List<AuthenticationRequestDocument> AuthenticationRequests { get; } = [];

    public List<AccountDocument> Accounts { get; } = [];

    /// <summary>Accounts that were removed a while ago, see <see cref="AccountDocument.RemovedType"/>.</summary>
    public List<AccountDocument> RemovedAccounts { get; } = [];

    public List<AlertDocument> Alerts { get; } = [];

    /// <summary>Applications, in the tenant's own partition.</summary>
    public List<ApplicationDocument> Applications { get; } = [];

    /// <summary>What all applications have in common; null before there is one.</summary>
    public ApplicationRegisterDocument? ApplicationRegister { get; private set; }

    /// <summary>Push handles of removed devices that are kept for a nudge.</summary>
    public List<RevokedHandleDocument> RevokedHandles { get; } = [];

    /// <summary>What is remembered of the user's sign-in requests.</summary>
    public SignInGuardDocument? SignInGuard { get; private set; }

    /// <summary>Documents that cannot be read whole.</summary>
    public List<UnreadableDocument> Unreadable { get; } = [];

    /// <summary>Whether there is more than was asked for.</summary>
    public bool More { get; set; }

    public DeviceDocument? Device(string deviceId) => Devices.Find(device => device.DeviceId == deviceId);

    /// <summary>The removal of a device; null when it was not removed.</summary>
    /// <exception cref="UnreadableDocumentException">It was removed, but nobody can read how: it must not be taken for a device that was not.</exception>
    public RevocationDocument? Revocation(string deviceId)
    {
        EnsureRead(RevocationDocument.IdOf(deviceId));
        return Revocations.Find(revocation => revocation.DeviceId == deviceId);
    }

    public AuthenticationRequestDocument? AuthenticationRequest(string requestId) =>
        AuthenticationRequests.Find(request => request.RequestId == requestId);

    public OperationDocument? Operation(string operationId) => Operations.Find(operation => operation.OperationId == operationId);

    public bool Has(string documentId) => versions.ContainsKey(documentId);

    /// <summary>Makes sure that no document of a later version is overwritten.</summary>
    /// <exception cref="NewerDocumentException">A later version of the service wrote it.</exception>
    public void EnsureReplaceable(string documentId)
    {
        if (versions.GetValueOrDefault(documentId) > IdentityDocument.CurrentSchemaVersion)
        {
            throw new NewerDocumentException(documentId);
        }
    }

    /// <summary>Makes sure that a document that is there was read.</summary>
    /// <exception cref="NewerDocumentException">A later version of the service wrote it.</exception>
    /// <exception cref="UnreadableDocumentException">Nobody can read it.</exception>
    public void EnsureRead(string documentId)
    {
        if (Unreadable.Exists(document => document.Id == documentId))
        {
            EnsureReplaceable(documentId);
            throw new UnreadableDocumentException(documentId);
        }
    }

    public void Add(JsonElement document)
    {
        versions[document.GetProperty("id").GetString()!] = VersionOf(document);
        switch (document.GetProperty("type").GetString())
        {
            case UserDocument.DocumentType:
                user = Read<UserDocument>(document) ?? PartialDocuments.User(document);
                break;
            case ClaimDocument.DocumentType:
                Claim = Read<ClaimDocument>(document);
                break;
            case DeviceDocument.DocumentType:
                Add(Devices, Read<DeviceDocument>(document) ?? PartialDocuments.Device(document));
                break;
            case RevocationDocument.DocumentType:
                Add(Revocations, Read<RevocationDocument>(document));
                break;
            case OperationDocument.DocumentType:
                Add(Operations, Read<OperationDocument>(document));
                break;
            case AuthenticationRequestDocument.DocumentType:
                Add(AuthenticationRequests, Read<AuthenticationRequestDocument>(document));
                break;
            case AccountDocument.DocumentType:
                Add(Accounts, Read<AccountDocument>(document));
                break;
            case AccountDocument.RemovedType:
                Add(RemovedAccounts, Read<AccountDocument>(document));
                break;
            case AlertDocument.DocumentType:
                Add(Alerts, Read<AlertDocument>(document));
                break;
            case RevokedHandleDocument.DocumentType:
                Add(RevokedHandles, Read<RevokedHandleDocument>(document));
                break;
            case ApplicationDocument.DocumentType:
                Add(Applications, Read<ApplicationDocument>(document));
                break;
            case ApplicationRegisterDocument.DocumentType:
                ApplicationRegister = Read<ApplicationRegisterDocument>(document);
                break;
            case SignInGuardDocument.DocumentType:
                SignInGuard = Read<SignInGuardDocument>(document);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// All is read. A device whose epoch cannot be read is of the user's, as are all devices that no unregistration removed. A user who cannot
    /// be read at all is not mistaken for one who does not exist.
    /// </summary>
    public void Complete()
    {
        if (user is null)
        {
            EnsureRead(UserDocument.DocumentId);
        }
        else
        {
            Devices = Devices.ConvertAll(device => device.Epoch == PartialDocuments.NoEpoch ? device with { Epoch = user.Epoch } : device);
        }
    }

    /// <summary>What the user's document lost was found elsewhere, as far as it can be.</summary>
    public void Recover(UserDocument recovered)
    {
        (user, isRecovered) = (recovered, true);
        Complete();
    }

    private static void Add<T>(List<T> all, T? document)
    {
        if (document is not null)
        {
            all.Add(document);
        }
    }

    private static int VersionOf(JsonElement document) =>
        document.TryGetProperty("schemaVersion", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number)
            ? number
            : 0;

    private T? Read<T>(JsonElement document)
        where T : IdentityDocument
    {
        try
        {
            return document.Deserialize<T>(Json.Documents);
        }
        catch (JsonException exception)
        {
            Unreadable.Add(unreadable.Tell(document, exception));
            return null;
        }
    }
}
