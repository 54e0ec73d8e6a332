using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Tests.Phones;

public sealed class StatementKeyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_known_key_needs_no_server_so_a_push_resets_while_the_server_is_down()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        world.Api.KeySetIsDown = true;
        world.Restart();
        phone = world.Book.Find(phone.Id)!;

        await world.DeliverAsync(phone, world.RevokePush(phone));

        Assert.Null(phone.State.Registration);
        Assert.Equal(1, world.Api.KeySetFetches);
    }

    [Fact]
    public async Task A_new_key_of_the_server_is_fetched_when_a_statement_names_it()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        Rotate(world);
        world.Time.Advance(TimeSpan.FromMinutes(2));

        await world.DeliverAsync(phone, world.RevokePush(phone));

        Assert.Null(phone.State.Registration);
        Assert.Equal(2, world.Api.KeySetFetches);
    }

    [Fact]
    public async Task Statements_with_unknown_keys_make_the_phone_fetch_at_most_once_a_minute()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var registration = phone.State.Registration!;
        world.Time.Advance(TimeSpan.FromMinutes(2));
        for (var n = 0; n < 5; n++)
        {
            world.Api.StatementKid = $"unknown-{n}";
            var push = PhoneWorld.RevokePush(DevicePlatform.Android, registration, world.Api.Statement(registration));
            world.Api.StatementKid = "key-1";
            await world.DeliverAsync(phone, push);
        }

        Assert.NotNull(phone.State.Registration);
        Assert.Equal(2, world.Api.KeySetFetches);
    }

    [Fact]
    public async Task When_the_key_set_cannot_be_fetched_nothing_is_reset_and_the_next_open_tries_again()
    {
        await using var world = await PhoneWorld.StartAsync();
        world.Api.KeySetIsDown = true;
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        world.Remove(phone);
        await phone.OpenAppAsync(Stop);
        Assert.NotNull(phone.State.Registration);
        world.Api.KeySetIsDown = false;
        world.Time.Advance(TimeSpan.FromSeconds(6));

        await phone.OpenAppAsync(Stop);

        Assert.Null(phone.State.Registration);
    }

    [Fact]
    public async Task The_server_s_clock_corrects_the_proofs_of_the_phone()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var ahead = world.Time.GetUtcNow().AddMinutes(3);
        world.Api.Script = call => call.Name == "device/status"
            ? new FakeAnswer(200, new DeviceStatus(call.Proof.ClaimText("device")!, 7, "Phone", PushStatus.Receiving, ahead))
            : null;

        await phone.OpenAppAsync(Stop);
        await phone.OpenAppAsync(Stop);

        Assert.Equal(ahead.ToUnixTimeSeconds(), world.Api.Calls[^1].Proof.ClaimNumber("iat"));
    }

    private static void Rotate(PhoneWorld world)
    {
        world.Api.StatementKey = PhoneKey.Create(KeyKind.P256);
        world.Api.StatementKid = "key-2";
    }
}
