using BlokSec.Contracts;
using BlokSec.Local.Phones;

namespace BlokSec.Local.Tests.Phones;

/// <summary>What a phone could not do when it should have: it keeps it, and does it by itself.</summary>
public sealed class RetryTests
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DevicePlatform.Android, "app")]
    [InlineData(DevicePlatform.Ios, "system")]
    public async Task I2_A_statement_that_cannot_be_verified_yet_is_kept_and_judged_by_itself_when_the_key_is_there(
        DevicePlatform platform, string shownBy)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, platform);

        await world.DeliverAsync(phone, world.RevokePush(phone));
        Assert.NotNull(phone.State.Registration);
        Assert.Single(phone.State.Statements);

        world.Api.KeySetIsDown = false;
        world.Time.Advance(FirstRetry);
        await UntilAsync(world, () => phone.State.Dying.Count == 0 && phone.State.Registration is null);

        Assert.Equal(1, world.Api.Count("device/erasure"));
        Assert.Empty(phone.State.Statements);
        Assert.Equal(shownBy, Assert.Single(phone.State.Notifications).ShownBy);
    }

    [Fact]
    public async Task A_kept_statement_outlives_a_restart()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, DevicePlatform.Android);
        await world.DeliverAsync(phone, world.RevokePush(phone));

        world.Restart();
        phone = world.Book.Find(phone.Id)!;
        Assert.NotNull(phone.State.Registration);
        world.Api.KeySetIsDown = false;
        world.Time.Advance(FirstRetry);
        await UntilAsync(world, () => phone.State.Registration is null);
    }

    [Fact]
    public async Task A_kept_statement_is_judged_when_the_app_is_opened_even_if_the_server_says_nothing_of_a_removal()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, DevicePlatform.Android);
        await world.DeliverAsync(phone, world.RevokePush(phone));
        world.Api.KeySetIsDown = false;
        world.Api.Script = call => call.Name == "device/status" ? FakeApi.Problem(503, ProblemCodes.Unavailable) : null;
        world.Time.Advance(FirstRetry);

        await phone.OpenAppAsync(Stop);

        Assert.Null(phone.State.Registration);
    }

    [Fact]
    public async Task The_statement_of_a_410_is_kept_too()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, DevicePlatform.Android);
        world.Remove(phone);

        await phone.OpenAppAsync(Stop);
        Assert.NotNull(phone.State.Registration);
        world.Api.KeySetIsDown = false;
        world.Time.Advance(FirstRetry);
        await UntilAsync(world, () => phone.State.Registration is null);
    }

    [Fact]
    public async Task I2_A_kept_statement_with_a_wrong_signature_resets_nothing_when_the_key_is_there()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, DevicePlatform.Android);
        var registration = phone.State.Registration!;
        var forged = world.Api.Statement(registration, signedBy: Local.Phones.Keys.PhoneKey.Create(Local.Phones.Keys.KeyKind.P256));
        await world.DeliverAsync(phone, PhoneWorld.RevokePush(DevicePlatform.Android, registration, forged));
        Assert.Single(phone.State.Statements);

        world.Api.KeySetIsDown = false;
        world.Time.Advance(FirstRetry);
        await UntilAsync(world, () => phone.State.Statements.Count == 0);

        Assert.Equal(registration, phone.State.Registration);
        Assert.Empty(phone.State.Notifications);
    }

    [Fact]
    public async Task I2_A_statement_about_another_registration_is_not_kept()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, DevicePlatform.Android);
        var registration = phone.State.Registration!;
        var other = world.Api.Statement(registration with { Epoch = registration.Epoch - 1 });

        await world.DeliverAsync(phone, PhoneWorld.RevokePush(DevicePlatform.Android, registration, other));

        Assert.Empty(phone.State.Statements);
    }

    [Fact]
    public async Task I14_A_phone_keeps_few_statements()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await WithoutKeyAsync(world, DevicePlatform.Android);
        var registration = phone.State.Registration!;
        for (var n = 0; n < 20; n++)
        {
            world.Api.StatementKid = $"unknown-{n}";
            await world.DeliverAsync(phone, world.RevokePush(phone));
            await world.DeliverAsync(phone, world.RevokePush(phone));
        }

        Assert.InRange(phone.State.Statements.Count, 1, 8);
        Assert.Equal(registration, phone.State.Registration);
    }

    [Fact]
    public async Task An_erasure_that_could_not_be_confirmed_is_tried_again_by_itself_ever_more_seldom()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await ErasedInVainAsync(world);
        var tries = new SemaphoreSlim(0);
        world.Api.Before = _ =>
        {
            tries.Release();
            return Task.CompletedTask;
        };

        foreach (var seconds in new[] { 5, 10, 20 })
        {
            var tried = world.Api.Count("device/erasure");
            world.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.Equal(tried, world.Api.Count("device/erasure"));
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await tries.WaitAsync(Stop);

            // The try is over when the phone has time for something else.
            await phone.SetLosePushesAsync(false, Stop);
        }

        Assert.Equal(PhoneScreen.Welcome, phone.View.Screen);
        world.Api.Script = _ => null;
        world.Time.Advance(TimeSpan.FromSeconds(40));
        await UntilAsync(world, () => phone.State.Dying.Count == 0);
    }

    [Fact]
    public async Task A_second_push_makes_the_phone_confirm_again()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var push = world.RevokePush(phone);
        world.Api.Script = call => call.Name == "device/erasure" ? FakeApi.Problem(503, ProblemCodes.Unavailable) : null;
        await world.DeliverAsync(phone, push);
        Assert.Single(phone.State.Dying);
        world.Api.Script = _ => null;

        await world.DeliverAsync(phone, push);

        Assert.Empty(phone.State.Dying);
    }

    [Fact]
    public async Task An_erasure_is_confirmed_after_a_restart()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await ErasedInVainAsync(world);

        world.Restart();
        phone = world.Book.Find(phone.Id)!;
        world.Api.Script = _ => null;
        world.Time.Advance(FirstRetry);
        await UntilAsync(world, () => phone.State.Dying.Count == 0);
    }

    /// <summary>An enrolled phone that has none of the server's keys, as the server does not give them out.</summary>
    private static Task<VirtualPhone> WithoutKeyAsync(PhoneWorld world, DevicePlatform platform)
    {
        world.Api.KeySetIsDown = true;
        return world.EnrolledAsync(platform);
    }

    private static async Task<VirtualPhone> ErasedInVainAsync(PhoneWorld world)
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        world.Api.Script = call => call.Name == "device/erasure" ? FakeApi.Problem(503, ProblemCodes.Unavailable) : null;
        await world.DeliverAsync(phone, world.RevokePush(phone));
        Assert.Single(phone.State.Dying);
        return phone;
    }

    private static async Task UntilAsync(PhoneWorld world, Func<bool> condition)
    {
        while (true)
        {
            var next = world.Book.NextChange;
            if (condition())
            {
                return;
            }

            await next.WaitAsync(Stop);
        }
    }
}
