using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>A call that a phone could honestly make; its proofs are made when asked for, so that a test can forge any part.</summary>
internal sealed record MobileCall(HttpMethod Method, string Path)
{
    public required Uri Api { get; init; }

    public required TimeProvider Time { get; init; }

    public required string Tenant { get; init; }

    public required string User { get; init; }

    /// <summary>The device key.</summary>
    public required PhoneKey Key { get; init; }

    /// <summary>The key of the DID; null when the call has no proof of one.</summary>
    public PhoneKey? DidKey { get; init; }

    /// <summary>The claim's code.</summary>
    public string? Code { get; init; }

    public byte[]? Body { get; init; }

    public Uri Address => new(Api, $"/api/{Path}");

    public DeviceProof Proof => new()
    {
        Key = Key,
        Method = Method.Method,
        Address = Address,
        Tenant = Tenant,
        User = User,
        IssuedAt = Time.GetUtcNow(),
        Body = Body,
    };

    public DidProof DidProof => new()
    {
        Key = DidKey!,
        Address = Address,
        Tenant = Tenant,
        User = User,
        DeviceId = Key.DeviceId,
        IssuedAt = Time.GetUtcNow(),
        ClaimCode = Code,
    };

    /// <summary>The call with the body that enrolls a phone.</summary>
    public MobileCall Enrolling(string? didProof = null, string? did = null)
    {
        var phone = new DeviceRegistration { Name = "N", Model = "M", Platform = DevicePlatform.Ios, OsVersion = "1", AppVersion = "1" };
        didProof ??= DidProof.Build();
        did ??= DidKey!.Did;
        object body = Code is null
            ? new RestoreDeviceRequest { TenantId = Tenant, UserId = User, Did = did, DidProof = didProof, Device = phone }
            : new RedeemClaimRequest { TenantId = Tenant, UserId = User, Code = Code, Did = did, DidProof = didProof, Device = phone };
        return this with { Body = JsonSerializer.SerializeToUtf8Bytes(body, AdminClient.Json) };
    }

    /// <summary>Sends the call with an honest proof.</summary>
    public Task<RawAnswer> SendAsync(RawApi api) => SendAsync(api, Proof.Build());

    /// <summary>Sends the call with these proofs, each in a header of its own.</summary>
    public Task<RawAnswer> SendAsync(RawApi api, params string[] proofs) =>
        api.SendAsync(Method, Path, Body, headers: proofs.Select(proof => ("DPoP", proof)));
}
