using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>The calls of the app, one by one and past the app's good manners: what somebody with a phone's keys can try.</summary>
internal static class SignedCalls
{
    private static readonly HttpClient Http = PhoneBook.CreateHttpClient();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Who signs for the user's phone; taken before the removal, because a phone that resets forgets it.</summary>
    public static Signer Signer(this TestUser user, int phone) => user.Phones[phone].State.Registration!.Signer;

    public static PhoneKey DidKey(this TestUser user) => user.Phones[0].State.Registration!.DidKey;

    /// <summary>A signer for the same user with a device key that nobody has seen.</summary>
    public static Signer NewSigner(this TestUser user) => new(PhoneKey.Create(KeyKind.P256), user.TenantId, user.UserId);

    public static Task<ApiAnswer> StatusAsync(this TestCloud test, Signer signer) =>
        test.CallAsync(HttpMethod.Get, "mobile/device/status", signer, null);

    public static Task<ApiAnswer> PutHandleAsync(this TestCloud test, Signer signer, PushHandleRegistration handle) =>
        test.CallAsync(HttpMethod.Put, "mobile/device/push-handle", signer, handle);

    public static Task<ApiAnswer> EraseAsync(this TestCloud test, Signer signer) =>
        test.CallAsync(HttpMethod.Post, "mobile/device/erasure", signer, null);

    public static Task<ApiAnswer> RestoreAsync(
        this TestCloud test, Signer signer, PhoneKey didKey, PushHandleRegistration? handle = null, DevicePlatform? platform = null) =>
        test.CallAsync(HttpMethod.Post, "mobile/devices", signer, new RestoreDeviceRequest
        {
            TenantId = signer.Tenant,
            UserId = signer.User,
            Did = didKey.Did,
            DidProof = DidProof(test, signer, didKey, "mobile/devices", null),
            Device = Device(handle, platform),
        });

    public static Task<ApiAnswer> RedeemAsync(
        this TestCloud test, Signer signer, PhoneKey didKey, string code, PushHandleRegistration? handle = null) =>
        test.CallAsync(HttpMethod.Post, "mobile/claims/redemption", signer, new RedeemClaimRequest
        {
            TenantId = signer.Tenant,
            UserId = signer.User,
            Code = code,
            Did = didKey.Did,
            DidProof = DidProof(test, signer, didKey, "mobile/claims/redemption", code),
            Device = Device(handle),
        });

    private static string DidProof(TestCloud test, Signer signer, PhoneKey didKey, string path, string? code) => new DidProof
    {
        Key = didKey,
        Address = Api(test).Address(path),
        Tenant = signer.Tenant,
        User = signer.User,
        DeviceId = signer.Key.DeviceId,
        IssuedAt = test.Time.GetUtcNow(),
        ClaimCode = code,
    }.Build();

    private static DeviceRegistration Device(PushHandleRegistration? handle, DevicePlatform? platform = null) => new()
    {
        Name = "Somebody's phone",
        Model = "A phone",
        Platform = platform ?? (handle?.Kind == PushHandleKind.Apns ? DevicePlatform.Ios : DevicePlatform.Android),
        OsVersion = "16",
        AppVersion = "5.2.0",
        PushHandle = handle,
    };

    private static Task<ApiAnswer> CallAsync(this TestCloud test, HttpMethod method, string path, Signer signer, object? body) =>
        Api(test).SendAsync(method, path, signer, body, TimeSpan.Zero, Stop);

    private static BlokSecApi Api(TestCloud test) => new(Http, new PhoneOptions { PublicAddress = test.Cloud.ApiAddress }, test.Time);
}
