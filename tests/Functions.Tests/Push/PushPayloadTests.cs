using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Push;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Push;

public sealed class PushPayloadTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_payload_for_Apple_is_approved() => Assert.Equal(
        """{"aps":{"alert":{"title":"Device Revoked","body":"This device has been removed from your account."},"sound":"default","content-available":1,"mutable-content":1},"type":"device-revoked","tenant":"acme","user":"user-1","device":"device-1","epoch":7,"statement":"a.b.c"}""",
        Text(ApnsPayload.Build(Push(PushHandleKind.Apns))));

    [Theory]
    [InlineData("FcmToken", "token")]
    [InlineData("FcmFid", "fid")]
    public void The_payload_for_Google_is_approved(string kind, string target) => Assert.Equal(
        """{"message":{"TARGET":"the-handle","data":{"type":"device-revoked","tenant":"acme","user":"user-1","device":"device-1","epoch":"7","statement":"a.b.c"},"android":{"collapse_key":"revoke-device-1","priority":"HIGH","ttl":"2419200s"}}}""".Replace("TARGET", target, StringComparison.Ordinal),
        Text(FcmPayload.Build(Push(Enum.Parse<PushHandleKind>(kind)))));

    [Fact]
    public void The_payload_for_an_iPhone_by_Google_is_approved() => Assert.Equal(
        """{"message":{"token":"the-handle","data":{"type":"device-revoked","tenant":"acme","user":"user-1","device":"device-1","epoch":"7","statement":"a.b.c"},"apns":{"headers":{"apns-push-type":"alert","apns-priority":"10","apns-expiration":"1774958400","apns-collapse-id":"revoke-device-1"},"payload":{"aps":{"alert":{"title":"Device Revoked","body":"This device has been removed from your account."},"sound":"default","content-available":1,"mutable-content":1}}}}}""",
        Text(FcmPayload.Build(Push(PushHandleKind.FcmToken) with { Platform = DevicePlatform.Ios })));

    [Theory]
    [InlineData("plain-text_1.2:3/4 5")]
    [InlineData("")]
    [InlineData("\"quoted\" \\ <b>&'+` \n\t\u007f")]
    [InlineData("Zoë, 手机, \ud83d\udcf1")]
    public void Whatever_a_member_holds_it_is_written_as_the_serializer_would(string value)
    {
        var push = Push(PushHandleKind.FcmToken) with { UserId = value, TenantId = string.Concat(Enumerable.Repeat(value, 300)), Epoch = long.MinValue };

        using var apple = JsonDocument.Parse(ApnsPayload.Build(push).Bytes);
        using var google = JsonDocument.Parse(FcmPayload.Build(push).Bytes);

        Assert.Equal(JsonSerializer.Serialize(push.UserId), apple.RootElement.GetProperty("user").GetRawText());
        Assert.Equal(JsonSerializer.Serialize(push.TenantId), apple.RootElement.GetProperty("tenant").GetRawText());
        Assert.Equal(long.MinValue, apple.RootElement.GetProperty("epoch").GetInt64());
        var data = google.RootElement.GetProperty("message").GetProperty("data");
        Assert.Equal(JsonSerializer.Serialize(push.UserId), data.GetProperty("user").GetRawText());
        Assert.Equal(JsonSerializer.Serialize(push.TenantId), data.GetProperty("tenant").GetRawText());
    }

    [Fact]
    public void A_statement_of_usual_size_fits_with_room_to_spare()
    {
        var push = Push(PushHandleKind.Apns) with { Statement = new string('s', 1200) };

        Assert.InRange(ApnsPayload.Build(push).Length, 1200, ApnsPayload.Limit / 2);
        Assert.InRange(FcmPayload.Size(push), 1200, FcmPayload.Limit / 2);
    }

    /// <summary>Every member as long as it may be, in a statement that was really signed.</summary>
    [Theory]
    [InlineData(PushHandleKind.Apns)]
    [InlineData(PushHandleKind.FcmToken)]
    [InlineData(PushHandleKind.FcmFid)]
    public void The_largest_payload_there_can_be_fits(PushHandleKind kind)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var keys = new StatementKeys(Options.Create(new StatementOptions { SigningKey = key.ExportPkcs8PrivateKeyPem() }));
        var statements = new RevocationStatements(keys, new PublicAddress(Options.Create(new ApiOptions { PublicUrl = "https://" + new string('h', 92) })));
        var (tenant, user) = (new string('t', 64), new string('u', 64));
        var device = keys.KeyId;
        var push = Push(kind) with
        {
            TenantId = tenant,
            UserId = user,
            DeviceId = device,
            Epoch = long.MaxValue,
            Statement = statements.Sign(tenant, user, device, long.MaxValue, new string('o', 36), new string('r', 24), DateTimeOffset.MaxValue),
            TraceParent = "00-" + new string('a', 32) + "-" + new string('b', 16) + "-01",
        };

        Assert.InRange(push.Statement.Length, 700, RevocationStatements.MaximumLength);
        Assert.InRange(ApnsPayload.Build(push).Length, push.Statement.Length, ApnsPayload.Limit);
        Assert.InRange(FcmPayload.Size(push), push.Statement.Length, FcmPayload.Limit);
        Assert.InRange(FcmPayload.Build(push).Length, push.Statement.Length, FcmPayload.Limit);
        Assert.InRange(FcmPayload.Size(push with { Platform = DevicePlatform.Ios }), push.Statement.Length, FcmPayload.Limit);
    }

    [Fact]
    public void A_sign_in_push_names_the_request_and_tells_nothing_of_it()
    {
        var apple = SignIn(PushHandleKind.Apns);
        var google = SignIn(PushHandleKind.FcmToken);

        Assert.Equal(
            """{"aps":{"alert":{"title":"Sign-in request","body":"Open BlokSec to answer it."},"sound":"default","interruption-level":"time-sensitive","content-available":1,"mutable-content":1},"type":"sign-in","tenant":"t1","user":"u1","device":"d1","request":"r1","expires":1772366490}""",
            Text(ApnsPayload.Build(apple)));
        Assert.Equal(
            """{"message":{"token":"h1","data":{"type":"sign-in","tenant":"t1","user":"u1","device":"d1","request":"r1","expires":"1772366490"},"android":{"collapse_key":"sign-in","priority":"HIGH","ttl":"89s"}}}""",
            Text(FcmPayload.Build(google)));
        Assert.Equal("sign-in-r1", apple.CollapseId);
        Assert.Contains("\"apns-collapse-id\":\"sign-in-r1\"", Text(FcmPayload.Build(google with { Platform = DevicePlatform.Ios })), StringComparison.Ordinal);
        Assert.DoesNotContain("h1", google.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 15)]
    [InlineData(43, 50)]
    [InlineData(57, 64)]
    [InlineData(58, 50)]
    public void A_collapse_id_never_exceeds_64_bytes(int deviceIdLength, int length)
    {
        var id = (Push(PushHandleKind.Apns) with { DeviceId = new string('d', deviceIdLength) }).CollapseId;

        Assert.StartsWith("revoke-", id, StringComparison.Ordinal);
        Assert.Equal(length, Encoding.UTF8.GetByteCount(id));
    }

    [Theory]
    [InlineData("gerät")]
    [InlineData("a\r\nb")]
    public void A_collapse_id_is_safe_in_a_header(string deviceId) =>
        Assert.Matches("^revoke-[A-Za-z0-9_-]{43}$", (Push(PushHandleKind.Apns) with { DeviceId = deviceId }).CollapseId);

    [Fact]
    public void A_handle_is_stored_as_text_and_read_back()
    {
        var handle = new PushHandle(PushHandleKind.Apns, "abc", PushEnvironment.Sandbox, Now);

        var json = JsonSerializer.Serialize(handle, Json.Documents);

        Assert.Equal("""{"kind":"apns","environment":"sandbox","registeredAt":"2026-03-01T12:00:00+00:00","value":"abc"}""", json);
        Assert.Equal(handle, JsonSerializer.Deserialize<PushHandle>(json, Json.Documents));
        Assert.Equal("\"fcmToken\"", JsonSerializer.Serialize(PushHandleKind.FcmToken, Json.Documents));
        Assert.Equal("\"fcmFid\"", JsonSerializer.Serialize(PushHandleKind.FcmFid, Json.Documents));
    }

    private static SignInRequestPush SignIn(PushHandleKind kind) => new(
        new PushHandle(kind, "h1", PushEnvironment.Production, Now),
        kind == PushHandleKind.Apns ? DevicePlatform.Ios : DevicePlatform.Android,
        "00000000-0000-0000-0000-000000000001",
        "t1",
        "u1",
        "d1",
        "r1",
        Now.AddSeconds(90),
        TimeSpan.FromSeconds(89.7));

    private static string Text(PushPayload payload) => Encoding.UTF8.GetString(payload.Bytes.Span);

    private static RevokePush Push(PushHandleKind kind) => new(
        new PushHandle(kind, "the-handle", PushEnvironment.Production, Now), DevicePlatform.Android, PushCloud.PushId, "acme", "user-1", "device-1", 7, "a.b.c", Now.AddDays(30));
}
