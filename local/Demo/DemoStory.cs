using BlokSec.Contracts;
using BlokSec.Local.DemoApp;
using BlokSec.Local.Phones;
using BlokSec.Local.Seed;

namespace BlokSec.Local.Demo;

/// <summary>The story of the guide, step by step.</summary>
internal sealed partial class DemoStory : IAsyncDisposable
{
    private const string User = DemoPeople.ThreePhones;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly LocalCloud cloud;
    private AdminClient admin = null!;
    private UserDetails user = null!;
    private VirtualPhone[] phones = [];
    private VirtualPhone newPhone = null!;
    private DemoAppServer? application;
    private Backup? oldBackup;
    private string oldDid = "";
    private string newDid = "";
    private string claimLink = "";

    private DemoStory(LocalCloud cloud) => this.cloud = cloud;

    public async ValueTask DisposeAsync()
    {
        admin?.Dispose();
        if (application is not null)
        {
            await application.DisposeAsync();
        }
    }

    public static IReadOnlyList<StoryStep> Steps(LocalCloud cloud)
    {
        var story = new DemoStory(cloud);
        return
        [
            new StoryStep("An administrator signs in", story.SignInAsync),
            new StoryStep("She opens a user", story.ShowUserAsync),
            new StoryStep("She removes one device: the phone shows the message and is back at welcome", story.RemoveOnlineAsync),
            new StoryStep("She removes a phone that is offline: it learns at next open", story.RemoveOfflineAsync),
            new StoryStep("She unregisters all devices: the identity is reset everywhere", story.UnregisterAsync),
            new StoryStep("The claim QR code appears", story.ClaimAsync),
            new StoryStep("A new phone scans it and enrolls", story.EnrollAsync),
            new StoryStep("The accounts carry the new DID", story.AccountsAsync),
            new StoryStep("Maria was told of all of it by mail, without a code or a link", story.MailsAsync),
            new StoryStep("Maria signs in to an application: the number that it shows is typed on her phone", story.SignInByPushAsync),
            new StoryStep("Somebody else tries: it was not her, and the administrator is told", story.FraudAsync),
            new StoryStep("An old backup is refused, and a neighbour's administrator sees nothing", story.AttackAsync),
            new StoryStep("The timeline of every revocation", story.TimelinesAsync),
            new StoryStep("One more phone of hers is removed: the application is told, and ends her session", story.EndSessionAsync),
            new StoryStep("Maria leaves the organization: her accounts go, and her phone stays registered", story.LeaveAsync),
        ];
    }

    private async Task SignInAsync(StoryContext story)
    {
        admin = new AdminClient(cloud.ApiAddress, cloud.SignIn.Address, "alice@contoso.example");
        var found = await admin.UsersAsync("lopez", story.Cancellation);
        story.Check(found.Users.Any(candidate => candidate.UserId == User), "Alice Adams is signed in to contoso and finds Maria Lopez");
    }

    private async Task ShowUserAsync(StoryContext story)
    {
        user = await admin.UserAsync(User, story.Cancellation);
        oldDid = user.Did!;
        story.Terminal.Say($"{user.GivenName} {user.FamilyName}, {user.Email}, {user.AccountCount} accounts, {user.Did}");
        story.Terminal.Table(
            ["Device", "Platform", "Last active", "Push", "Active"],
            user.Devices.Select(device => new[]
            {
                $"{device.Name} ({device.Model})", device.OsVersion, $"{device.LastActiveAt:u}", $"{device.Push}", device.IsActive ? "yes" : "",
            }));
        phones = [.. user.Devices.Select(device => cloud.Phones.FindDevice(device.DeviceId)!)];
        oldBackup = await phones[0].CreateBackupAsync(story.Cancellation);
        story.CheckEqual(3, user.Devices.Count, "Three devices are registered");
        story.CheckEqual(12, user.AccountCount, "There are a dozen accounts");
        story.CheckEqual(1, user.Devices.Count(device => device.IsActive), "One device is the active one");
    }

    private async Task RemoveOnlineAsync(StoryContext story)
    {
        var (device, phone) = (user.Devices[1], phones[1]);
        var operation = await admin.RemoveAsync(User, device.DeviceId, "Found it in a taxi", story.Cancellation);
        story.Check(operation.DeviceIds.Contains(device.DeviceId), $"The removal of {device.Name} was accepted: it is refused from now on");
        await EndedAsync(story, operation.OperationId);
        await WelcomeAsync(story, phone);
        var shown = phone.State.Notifications[^1];
        story.CheckEqual("Device Revoked", shown.Title, "It showed the title \"Device Revoked\"");
        story.CheckEqual(
            "This device has been removed from your account.", shown.Body, "and \"This device has been removed from your account.\"");
        await StateAsync(story, device.DeviceId, RevocationState.Confirmed, "The phone confirmed, signed by its dying key");
        story.Check(phones[0].State.Registration is not null && phones[2].State.Registration is not null, "The other phones were left alone");
    }

    private async Task RemoveOfflineAsync(StoryContext story)
    {
        var (device, phone) = (user.Devices[2], phones[2]);
        await phone.SetLosePushesAsync(true, story.Cancellation);
        await phone.SetOfflineAsync(true, story.Cancellation);
        var operation = await admin.RemoveAsync(User, device.DeviceId, null, story.Cancellation);
        await EndedAsync(story, operation.OperationId);
        await StateAsync(story, device.DeviceId, RevocationState.PushAccepted, "The provider took the push; nothing is confirmed yet");
        story.Check(phone.State.Registration is not null, "The phone is offline and knows nothing");
        // A proof tells whole seconds: one of the removal's own second does not show that it was made after the removal.
        var blocked = (await RevocationAsync(device.DeviceId, story.Cancellation)).BlockedAt;
        await story.EventuallyAsync(
            "Later the phone is online, and its app is opened",
            TimeSpan.FromSeconds(10),
            _ => Task.FromResult(story.Time.GetUtcNow() >= blocked.AddSeconds(1) ? phone : null));
        await phone.SetOfflineAsync(false, story.Cancellation);
        await phone.OpenAppAsync(story.Cancellation);
        await WelcomeAsync(story, phone);
        story.CheckEqual("This account is no longer accessible.", phone.State.Message, "At next open it said \"This account is no longer accessible.\"");
        var told = await RevocationAsync(device.DeviceId, story.Cancellation);
        story.Check(told.Timeline.Any(entry => entry.What == "LearnedAtNextOpen"), "The administrator reads: learned at next open");
    }

    private async Task UnregisterAsync(StoryContext story)
    {
        var operation = await admin.UnregisterAsync(User, "Phone stolen", story.Cancellation);
        await EndedAsync(story, operation.OperationId);
        await WelcomeAsync(story, phones[0]);
        var after = await admin.UserAsync(User, story.Cancellation);
        story.CheckEqual(0, after.Devices.Count, "No device is left");
        story.CheckEqual(DidState.Unclaimed, after.DidState, "The identity is reset");
        story.Check(after.Accounts.Accounts.All(account => account.Did is null), "The old DID is on none of the 12 accounts");
    }

    private async Task ClaimAsync(StoryContext story)
    {
        var claim = await admin.ClaimAsync(User, story.Cancellation);
        story.CheckEqual(ClaimState.Open, claim.State, "A claim is open");
        claimLink = claim.Link!;
        story.Terminal.Qr(claimLink);
        story.Terminal.Say($"{claimLink}");
        story.Terminal.Say($"Good until {claim.ExpiresAt:u}.");
    }

    private async Task EnrollAsync(StoryContext story)
    {
        var phone = cloud.Phones.Add(new PhoneFacts
        {
            Name = "Maria's new iPhone",
            Model = "iPhone 17",
            Platform = DevicePlatform.Ios,
            OsVersion = "iOS 19.1",
        });
        await phone.EnrollAsync(claimLink, story.Cancellation);
        story.Check(phone.State.Registration is not null, "The new phone is enrolled");
        newPhone = phone;
        var claim = await admin.ClaimAsync(User, story.Cancellation);
        story.CheckEqual(ClaimState.Redeemed, claim.State, "The claim is used up");
        var late = cloud.Phones.Add(new PhoneFacts
        {
            Name = "Somebody's phone",
            Model = "Pixel 9",
            Platform = DevicePlatform.Android,
            OsVersion = "Android 16",
        });
        await late.EnrollAsync(claimLink, story.Cancellation);
        story.Check(late.State.Registration is null, $"A second phone with the same code is refused: {late.State.Message}");
    }

    private async Task AccountsAsync(StoryContext story)
    {
        user = await story.EventuallyAsync("Every account carries the new DID", Soon, async cancellationToken =>
        {
            var now = await admin.UserAsync(User, cancellationToken);
            return now.Accounts.Accounts.All(account => account.Did == now.Did) ? now : null;
        });
        newDid = user.Did!;
        story.Terminal.Say(newDid);
        story.Check(newDid != oldDid, "It is not the old one");
    }

    private async Task MailsAsync(StoryContext story)
    {
        // Two removals, the unregistration, the claim and the enrollment.
        var mails = await story.EventuallyAsync("Five mails came to her address", Soon, _ => Task.FromResult(
            cloud.Mail.Mails.Where(mail => mail.Recipients.Contains(user.Email)).ToArray() is { Length: >= 5 } all ? all : null));
        story.Terminal.Table(["Mail"], mails.Select(mail => new[] { mail.Subject }));
        var code = claimLink[(claimLink.LastIndexOf('.') + 1)..];
        story.Check(
            mails.All(mail => !mail.Text.Contains(code, StringComparison.Ordinal) && !mail.Text.Contains("http", StringComparison.OrdinalIgnoreCase)),
            "None of them has the claim's code, or a link");
    }

    private async Task AttackAsync(StoryContext story)
    {
        var thief = cloud.Phones.Add(new PhoneFacts
        {
            Name = "Thief's phone",
            Model = "Galaxy S24",
            Platform = DevicePlatform.Android,
            OsVersion = "Android 15",
        });
        await thief.RestoreAsync(oldBackup!, story.Cancellation);
        story.Check(thief.State.Registration is null, $"A backup of the old identity is refused: {thief.State.Message}");

        using var neighbour = new AdminClient(cloud.ApiAddress, cloud.SignIn.Address, "felix@fabrikam.example");
        using var answer = await neighbour.Http.GetAsync(new Uri($"users/{User}", UriKind.Relative), story.Cancellation);
        story.CheckEqual(404, (int)answer.StatusCode, "For the administrator of another tenant Maria does not exist");
    }

    private async Task LeaveAsync(StoryContext story)
    {
        await newPhone.OpenAppAsync(story.Cancellation);
        story.CheckEqual(12, newPhone.State.Accounts?.Accounts.Count, "Her phone shows her accounts");
        var plan = await admin.DeparturePlanAsync(User, story.Cancellation);
        story.Terminal.Say($"{plan.AccountCount} accounts in {plan.Applications.Count} applications would go, {plan.Devices} device stays.");
        var operation = await admin.LeaveAsync(User, plan.PlanHash, "Left the company", story.Cancellation);
        await EndedAsync(story, operation.OperationId);
        var left = await admin.UserAsync(User, story.Cancellation);
        story.CheckEqual(0, left.AccountCount, "No account is left");
        story.CheckEqual(1, left.Devices.Count, "Her phone is still registered");
        await newPhone.OpenAppAsync(story.Cancellation);
        story.CheckEqual(0, newPhone.State.Accounts?.Accounts.Count, "At its next check-in it dropped the accounts");
    }

    private async Task TimelinesAsync(StoryContext story)
    {
        foreach (var revocation in (await admin.UserAsync(User, story.Cancellation)).Revocations)
        {
            story.Terminal.Say($"{revocation.Name}: {revocation.State}");
            story.Terminal.Timeline(revocation.Timeline.Select(entry => new TimelineEntry(entry.At, entry.What, entry.Detail)));
        }

        await story.EventuallyAsync("All three removals are confirmed by the phones themselves", Soon, async cancellationToken =>
        {
            var now = await admin.UserAsync(User, cancellationToken);
            return now.Revocations is { Count: 3 } all && all.All(revocation => revocation.State == RevocationState.Confirmed) ? now : null;
        });
    }

    private Task<OperationDetails> EndedAsync(StoryContext story, string operationId) =>
        story.EventuallyAsync("The operation succeeded", Soon, async cancellationToken =>
        {
            var operation = await admin.OperationAsync(User, operationId, cancellationToken);
            return operation.Status == OperationStatus.Succeeded ? operation : null;
        });

    private static Task<VirtualPhone> WelcomeAsync(StoryContext story, VirtualPhone phone) =>
        story.EventuallyAsync(
            $"{phone.State.Facts.Name} is back at welcome", Soon, _ => Task.FromResult(phone.State.Registration is null ? phone : null));

    private Task<RevocationDetails> StateAsync(StoryContext story, string deviceId, RevocationState state, string fact) =>
        story.EventuallyAsync(fact, Soon, async cancellationToken =>
        {
            var revocation = await RevocationAsync(deviceId, cancellationToken);
            return revocation.State == state ? revocation : null;
        });

    private async Task<RevocationDetails> RevocationAsync(string deviceId, CancellationToken cancellationToken) =>
        (await admin.UserAsync(User, cancellationToken)).Revocations.Single(revocation => revocation.DeviceId == deviceId);
}
