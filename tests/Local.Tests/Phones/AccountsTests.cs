using BlokSec.Contracts;
using BlokSec.Local.Phones;

namespace BlokSec.Local.Tests.Phones;

public sealed class AccountsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_app_takes_the_accounts_that_the_status_tells_and_drops_those_that_are_gone()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        world.Api.Script = call => call.Name == "device/status" ? Status(world, phone, version: 4, Account("a"), Account("b")) : null;
        await phone.OpenAppAsync(Stop);
        Assert.Equal(["a", "b"], phone.View.Accounts!.Select(account => account.AccountId));

        world.Api.Script = call => call.Name == "device/status" ? Status(world, phone, version: 5, Account("b")) : null;
        await phone.OpenAppAsync(Stop);

        Assert.Equal(["b"], phone.View.Accounts!.Select(account => account.AccountId));
        Assert.Contains(phone.State.History, entry => entry.What == "The accounts have changed: 1 dropped, 0 new. The app shows 1 account.");
        world.Restart();
        Assert.Equal(5, world.Book.Phones.Single().State.Accounts!.Version);
    }

    [Fact]
    public async Task Accounts_are_read_page_by_page_and_a_lost_page_leaves_what_was_known()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var isLost = true;
        world.Api.Script = call => call.Name switch
        {
            "device/status" => Status(world, phone, version: 4, "next", Account("a")),
            "accounts" => isLost ? new FakeAnswer(503) : new FakeAnswer(200, new OwnAccountList([Account("b")], null)),
            _ => null,
        };
        await phone.OpenAppAsync(Stop);
        Assert.Null(phone.View.Accounts);

        isLost = false;
        await phone.OpenAppAsync(Stop);

        Assert.Equal(["a", "b"], phone.View.Accounts!.Select(account => account.AccountId));
    }

    [Fact]
    public async Task A_phone_that_is_reset_shows_no_accounts()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        world.Api.Script = call => call.Name == "device/status" ? Status(world, phone, version: 4, Account("a")) : null;
        await phone.OpenAppAsync(Stop);

        world.Remove(phone);
        await phone.OpenAppAsync(Stop);

        Assert.Null(phone.State.Accounts);
        Assert.Null(phone.View.Accounts);
    }

    private static OwnAccount Account(string id) => new(id, "payroll", "Payroll", "ada");

    private static FakeAnswer Status(PhoneWorld world, VirtualPhone phone, long version, params OwnAccount[] accounts) =>
        Status(world, phone, version, continuation: null, accounts);

    private static FakeAnswer Status(PhoneWorld world, VirtualPhone phone, long version, string? continuation, params OwnAccount[] accounts) => new(
        200,
        new DeviceStatus(phone.State.Registration!.DeviceId, 1, "Phone", PushStatus.Receiving, world.Time.GetUtcNow())
        {
            AccountsVersion = version,
            Accounts = new OwnAccountList(accounts, continuation),
        });
}
