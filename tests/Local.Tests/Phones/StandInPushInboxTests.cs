using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;
using BlokSec.Local.Fcm;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Phones;

/// <summary>From Apple's and Google's wire protocols to the screen of a phone.</summary>
public sealed class StandInPushInboxTests : IAsyncLifetime
{
    private const string Topic = "io.bloksec.app";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
    private readonly string folder = Directory.CreateTempSubdirectory("phones").FullName;
    private readonly HttpClient phoneHttp = PhoneBook.CreateHttpClient();
    private readonly HttpClient http = new();
    private readonly ECDsa team = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA account = RSA.Create(2048);
    private FakeApi api = null!;
    private ApnsStandIn apns = null!;
    private FcmStandIn fcm = null!;
    private PhoneBook book = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var traffic = new Traffic();
        api = new FakeApi(time);
        await api.StartAsync();
        apns = await ApnsStandIn.StartAsync(
            new ApnsStandInOptions { TeamId = "TEAM", KeyId = "KEY", PublicKey = team.ExportSubjectPublicKeyInfoPem(), Topic = Topic },
            traffic,
            time);
        fcm = await FcmStandIn.StartAsync(
            new FcmStandInOptions { ProjectId = "demo", ClientEmail = "sender@demo", PublicKey = account.ExportSubjectPublicKeyInfoPem() },
            traffic,
            time);
        book = new PhoneBook(folder, phoneHttp, new StandInPushInbox(fcm, apns), new PhoneOptions { PublicAddress = api.Address }, time);
    }

    public async ValueTask DisposeAsync()
    {
        book.Dispose();
        await fcm.DisposeAsync();
        await apns.DisposeAsync();
        await api.DisposeAsync();
        http.Dispose();
        phoneHttp.Dispose();
        team.Dispose();
        account.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(DevicePlatform.Ios, PushHandleKind.Apns, PushEnvironment.Production)]
    [InlineData(DevicePlatform.Ios, PushHandleKind.Apns, PushEnvironment.Sandbox)]
    [InlineData(DevicePlatform.Android, PushHandleKind.FcmToken, PushEnvironment.Production)]
    [InlineData(DevicePlatform.Android, PushHandleKind.FcmFid, PushEnvironment.Production)]
    public async Task A_revoke_push_that_waited_for_an_offline_phone_resets_it_when_it_is_back(
        DevicePlatform platform, PushHandleKind kind, PushEnvironment environment)
    {
        var facts = new NewPhoneRequest { Platform = platform }.ToFacts() with { PushKind = kind, PushEnvironment = environment };
        var phone = book.Add(facts);
        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        await phone.SetOfflineAsync(true, Stop);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(phone));
        await DeliveredAsync();
        Assert.NotNull(phone.State.Registration);

        await phone.SetOfflineAsync(false, Stop);
        await DeliveredAsync();

        Assert.Null(phone.State.Registration);
        Assert.Equal("Device Revoked", Assert.Single(phone.State.Notifications).Title);
        Assert.Equal(1, api.Count("device/erasure"));
    }

    [Theory]
    [InlineData(DevicePlatform.Ios, HttpStatusCode.Gone)]
    [InlineData(DevicePlatform.Android, HttpStatusCode.NotFound)]
    public async Task The_token_of_a_deleted_app_is_dead(DevicePlatform platform, HttpStatusCode expected)
    {
        var phone = book.Add(new NewPhoneRequest { Platform = platform }.ToFacts());
        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        var registration = phone.State.Registration!;

        await phone.DeleteAppAsync(Stop);

        Assert.Equal(expected, await SendAsync(phone, registration));
    }

    private Task DeliveredAsync() => Task.WhenAll(apns.DeliveredAsync(), fcm.DeliveredAsync()).WaitAsync(Stop);

    private async Task<HttpStatusCode> SendAsync(VirtualPhone phone, PhoneRegistration? about = null)
    {
        about ??= phone.State.Registration!;
        var payload = PhoneWorld.RevokePayload(phone.State.Facts.Platform, about, api.Statement(about));
        using var request = phone.State.Facts.Platform == DevicePlatform.Ios
            ? ToApns(phone.State.PushAddress, payload)
            : await ToFcmAsync(phone.State.PushAddress, payload);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var response = await http.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private HttpRequestMessage ToApns(PushAddress address, JsonObject payload)
    {
        var key = PhoneKey.Import(KeyKind.P256, team.ExportPkcs8PrivateKey());
        var token = CompactJws.Sign(
            new JsonObject { ["alg"] = "ES256", ["kid"] = "KEY" },
            new JsonObject { ["iss"] = "TEAM", ["iat"] = time.GetUtcNow().ToUnixTimeSeconds() },
            key);
        var host = address.Environment == PushEnvironment.Sandbox ? apns.Sandbox : apns.Production;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, $"/3/device/{address.Token}")) { Content = JsonContent.Create(payload) };
        request.Headers.Add("authorization", $"bearer {token}");
        request.Headers.Add("apns-topic", Topic);
        request.Headers.Add("apns-push-type", "alert");
        request.Headers.Add("apns-expiration", $"{time.GetUtcNow().AddDays(30).ToUnixTimeSeconds()}");
        return request;
    }

    private async Task<HttpRequestMessage> ToFcmAsync(PushAddress address, JsonObject message)
    {
        message[address.Kind == PushHandleKind.FcmFid ? "fid" : "token"] = address.Token;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fcm.Address, "/v1/projects/demo/messages:send"))
        {
            Content = JsonContent.Create(new JsonObject { ["message"] = message }),
        };
        request.Headers.Add("authorization", $"Bearer {await AccessTokenAsync()}");
        return request;
    }

    private async Task<string> AccessTokenAsync()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var input = Encode("""{"alg":"RS256","typ":"JWT"}""") + "." + Encode(new JsonObject
        {
            ["iss"] = "sender@demo",
            ["scope"] = "https://www.googleapis.com/auth/firebase.messaging",
            ["aud"] = fcm.TokenAddress.AbsoluteUri,
            ["iat"] = now,
            ["exp"] = now + 3600,
        }.ToJsonString());
        var signature = account.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = $"{input}.{Base64Url.EncodeToString(signature)}",
        });
        using var response = await http.PostAsync(fcm.TokenAddress, form, Stop);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return answer.GetProperty("access_token").GetString()!;
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
