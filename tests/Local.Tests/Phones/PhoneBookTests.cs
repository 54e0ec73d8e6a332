using System.Text;
using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Tests.Phones;

public sealed class PhoneBookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Phones_survive_a_restart_with_their_keys_and_are_reachable_again()
    {
        await using var world = await PhoneWorld.StartAsync();
        var before = await world.EnrolledAsync(DevicePlatform.Ios);
        await before.CreateBackupAsync(Stop);
        await before.SetOfflineAsync(true, Stop);

        world.Restart();

        var after = world.Book.Find(before.Id)!;
        Assert.NotSame(before, after);
        Assert.Equal(before.State.Registration!.DeviceId, after.State.Registration!.DeviceId);
        Assert.Equal(before.State.Backup!.DidKey.Did, after.State.Backup!.DidKey.Did);
        Assert.Equal(before.State.History, after.State.History);
        Assert.False(world.Push.Online[after.State.PushAddress]);
        await after.SetOfflineAsync(false, Stop);
        await after.OpenAppAsync(Stop);
        Assert.Equal(after.State.Registration.DeviceId, world.Api.Calls[^1].Proof.ClaimText("device"));
    }

    [Fact]
    public async Task Phones_with_the_same_name_get_different_ids()
    {
        await using var world = await PhoneWorld.StartAsync();

        var ids = Enumerable.Range(0, 3).Select(_ => world.Phone(DevicePlatform.Android).Id).ToList();

        Assert.Equal(["ada-s-phone", "ada-s-phone-2", "ada-s-phone-3"], ids);
        Assert.Null(world.Book.Find("Ada's phone"));
        Assert.NotNull(world.Book.Find("ada-s-phone-2"));
    }

    [Fact]
    public async Task A_seeded_phone_can_act_as_the_device_that_its_documents_describe()
    {
        await using var world = await PhoneWorld.StartAsync();
        var seeded = world.Book.AddEnrolled(Facts("Work phone"), Seed());
        var phone = seeded.Phone;

        await phone.OpenAppAsync(Stop);

        Assert.Equal(seeded.DeviceId, world.Api.Calls[^1].Proof.ClaimText("device"));
        Assert.Equal(seeded.DeviceId, seeded.PublicKey.Thumbprint());
        Assert.Equal(phone.State.PushAddress.Token, seeded.PushHandle!.Value);
        Assert.Same(phone, world.Book.FindDevice(seeded.DeviceId));
        await world.DeliverAsync(phone, world.RevokePush(phone));
        Assert.Null(phone.State.Registration);
    }

    [Fact]
    public async Task A_seeded_phone_without_notifications_has_no_push_handle()
    {
        await using var world = await PhoneWorld.StartAsync();

        Assert.Null(world.Book.AddEnrolled(Facts("Old phone"), Seed() with { AllowsNotifications = false }).PushHandle);
    }

    [Fact]
    public async Task A_cleared_phone_book_is_empty_after_a_restart_too()
    {
        await using var world = await PhoneWorld.StartAsync();
        await world.EnrolledAsync(DevicePlatform.Android);

        await world.Book.ClearAsync(Stop);

        Assert.Empty(world.Book.Phones);
        Assert.Empty(world.Push.Living);
        world.Restart();
        Assert.Empty(world.Book.Phones);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_without_its_secrets()
    {
        var folder = Directory.CreateTempSubdirectory("phones").FullName;
        File.WriteAllText(Path.Combine(folder, "broken.json"), """{"id":"broken","registration":{"deviceKey":"P256:c2VjcmV0"}}""", Encoding.UTF8);

        var error = Assert.Throws<InvalidDataException>(() => new PhoneFiles(folder).Load());

        Assert.Contains("broken.json", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static PhoneFacts Facts(string name) => new NewPhoneRequest { Name = name, Platform = DevicePlatform.Android }.ToFacts();

    private static SeedRegistration Seed() => new()
    {
        TenantId = "contoso",
        UserId = "ada",
        Epoch = 3,
        DidKey = PhoneKey.Create(KeyKind.Ed25519),
        RegisteredAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };
}
