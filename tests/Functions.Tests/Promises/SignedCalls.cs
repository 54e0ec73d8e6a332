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

    /// <param name="test">The system.</param>
    /// <param name="signer">Who signs.</param>
    /// <param name="handle">The push handle.</param>
    /// <param name="instance">The instance of the app that is called past the Functions host; null calls the host.</param>
    public static Task<ApiAnswer> PutHandleAsync(this TestCloud test, Signer signer, PushHandleRegistration handle, Uri? instance = null) =>
        test.CallAsync(HttpMethod.Put, "mobile/device/push-handle", signer, handle, instance);

    public static Task<ApiAnswer> EraseAsync(this TestCloud test, Signer signer) =>
        test.CallAsync(HttpMethod.Post, "mobile/device/erasure", signer, null);

    public static Task<ApiAnswer> DepartAsync(this TestCloud test, Signer signer, Uri? instance = null) =>
        test.CallAsync(HttpMethod.Post, "mobile/device/departure", signer, null, instance);

    public static Task<ApiAnswer> ReportLostAsync(this TestCloud test, Signer signer, PhoneKey didKey, string deviceId, Uri? instance = null)
    {
        var path = $"mobile/devices/{deviceId}/loss";
        return test.CallAsync(
            HttpMethod.Post, path, signer, new DeviceLossReport { Did = didKey.Did, DidProof = DidProof(test, signer, didKey, path, null) }, instance);
    }

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

    /// <param name="test">The system.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path under the API.</param>
    /// <param name="signer">Who signs.</param>
    /// <param name="body">Sent as JSON; nothing when null.</param>
    /// <param name="instance">The instance of the app that is called past the Functions host; null calls the host.</param>
    public static async Task<ApiAnswer> CallAsync(
        this TestCloud test, HttpMethod method, string path, Signer signer, object? body, Uri? instance = null)
    {
        if (instance is null)
        {
            return await Api(test).SendAsync(method, path, signer, body, TimeSpan.Zero, Stop);
        }

        using var http = new HttpClient(new Detour(instance));
        return await new BlokSecApi(http, Options(test), test.Time).SendAsync(method, path, signer, body, TimeSpan.Zero, Stop);
    }

    private static BlokSecApi Api(TestCloud test) => new(Http, Options(test), test.Time);

    private static PhoneOptions Options(TestCloud test) => new() { PublicAddress = test.Cloud.ApiAddress };

    /// <summary>Signed for the public address, sent to one instance.</summary>
    private sealed class Detour(Uri instance) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(instance, request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
