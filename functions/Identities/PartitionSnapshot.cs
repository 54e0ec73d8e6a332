using System.Text.Json;

namespace BlokSec.Functions.Identities;

/// <summary>What one query of a user's partition found, by kind.</summary>
internal sealed class PartitionSnapshot
{
    private readonly HashSet<string> ids = [];

    public UserDocument? User { get; private set; }

    public ClaimDocument? Claim { get; private set; }

    public List<DeviceDocument> Devices { get; } = [];

    public List<RevocationDocument> Revocations { get; } = [];

    public List<OperationDocument> Operations { get; } = [];

    public List<AuthenticationRequestDocument> AuthenticationRequests { get; } = [];

    public DeviceDocument? Device(string deviceId) => Devices.Find(device => device.DeviceId == deviceId);

    public RevocationDocument? Revocation(string deviceId) => Revocations.Find(revocation => revocation.DeviceId == deviceId);

    public OperationDocument? Operation(string operationId) => Operations.Find(operation => operation.OperationId == operationId);

    public bool Has(string documentId) => ids.Contains(documentId);

    public void Add(JsonElement document)
    {
        ids.Add(document.GetProperty("id").GetString()!);
        switch (document.GetProperty("type").GetString())
        {
            case UserDocument.DocumentType:
                User = Read<UserDocument>(document);
                break;
            case ClaimDocument.DocumentType:
                Claim = Read<ClaimDocument>(document);
                break;
            case DeviceDocument.DocumentType:
                Devices.Add(Read<DeviceDocument>(document));
                break;
            case RevocationDocument.DocumentType:
                Revocations.Add(Read<RevocationDocument>(document));
                break;
            case OperationDocument.DocumentType:
                Operations.Add(Read<OperationDocument>(document));
                break;
            case AuthenticationRequestDocument.DocumentType:
                AuthenticationRequests.Add(Read<AuthenticationRequestDocument>(document));
                break;
            default:
                break;
        }
    }

    private static T Read<T>(JsonElement document) => document.Deserialize<T>(Json.Documents)!;
}
