using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Devices;

public sealed class PushHandleIntakeTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static readonly PushHandleRegistration Apns = new() { Kind = PushHandleKind.Apns, Value = new string('a', 64) };

    private readonly TestCloud test = fixture.Cloud;

    [Fact]
    public async Task An_Android_phone_cannot_register_an_APNs_token()
    {
        var user = await test.NewUserAsync(phones: 2);

        AssertRefused(await test.PutHandleAsync(user.Signer(1), Apns), "kind");

        var didKey = user.Phones[0].State.Registration!.DidKey;
        AssertRefused(await test.RestoreAsync(user.NewSigner(), didKey, Apns, DevicePlatform.Android), "device.pushHandle.kind");
    }

    [Theory]
    [InlineData(PushHandleKind.Apns)]
    [InlineData(PushHandleKind.FcmToken)]
    [InlineData(PushHandleKind.FcmFid)]
    public async Task An_iPhone_registers_any_kind_of_handle(PushHandleKind kind)
    {
        var user = await test.NewUserAsync(phones: 1);
        var handle = new PushHandleRegistration { Kind = kind, Value = kind == PushHandleKind.Apns ? new string('B', 64) : "dQw4w9WgXcQ-abcdefghij" };

        Assert.Equal(204, (await test.PutHandleAsync(user.Signer(0), handle)).Status);
    }

    [Theory]
    [InlineData(PushHandleKind.Apns, "ABcd", PushHandleKind.Apns, "abCD", true)]
    [InlineData(PushHandleKind.Apns, "abcd", PushHandleKind.Apns, "abce", false)]
    [InlineData(PushHandleKind.FcmToken, "fid:Secret", PushHandleKind.FcmToken, "fid:Secret", true)]
    [InlineData(PushHandleKind.FcmToken, "fid:Secret", PushHandleKind.FcmToken, "fid:secret", false)]
    [InlineData(PushHandleKind.FcmToken, "fid:Secret", PushHandleKind.FcmFid, "fid", true)]
    [InlineData(PushHandleKind.FcmFid, "fid", PushHandleKind.FcmToken, "fid:Secret", true)]
    [InlineData(PushHandleKind.FcmFid, "fid", PushHandleKind.FcmToken, "fidx:Secret", false)]
    [InlineData(PushHandleKind.Apns, "abcd", PushHandleKind.FcmFid, "abcd", false)]
    public void I2_Two_handles_are_the_same_when_they_reach_the_same_app(
        PushHandleKind kind, string value, PushHandleKind otherKind, string other, bool same)
    {
        var (left, right) = (Handle(kind, value), Handle(otherKind, other));

        Assert.Equal((same, same), (left.SameAs(right), right.SameAs(left)));
        Assert.False(left.SameAs(null));
    }

    private static PushHandle Handle(PushHandleKind kind, string value) => new(kind, value, PushEnvironment.Production, DateTimeOffset.UnixEpoch);

    private static void AssertRefused(ApiAnswer answer, string field)
    {
        Assert.Equal((400, ProblemCodes.InvalidRequest), (answer.Status, answer.ProblemCode));
        Assert.Equal([field], answer.Body!.Value.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }
}
