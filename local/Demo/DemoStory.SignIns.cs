using BlokSec.Contracts;
using BlokSec.Local.DemoApp;
using BlokSec.Local.Phones;
using BlokSec.Local.SignIn;

namespace BlokSec.Local.Demo;

/// <summary>Maria and an application: she signs in, somebody else tries, and her session ends with a phone of hers.</summary>
internal sealed partial class DemoStory
{
    private string signedIn = "";

    private Attempts SignIns => application!.Attempts;

    private async Task SignInByPushAsync(StoryContext story)
    {
        application = await DemoAppServer.StartAsync(new DemoAppOptions
        {
            Application = DemoApplication.Defaults[0],
            Api = cloud.ApiAddress,
            SignIn = cloud.SignIn.Address,
            Phones = cloud.ApiAddress,
        });
        await story.EventuallyAsync(
            "The application subscribed to what ends sessions", Soon, _ => Task.FromResult(application.Subscribed.IsCompletedSuccessfully ? application : null));
        var (browser, request) = await EnterAsync(story, "Firefox/140.0 Windows");
        signedIn = browser;
        await newPhone.AnswerSignInAsync(request.RequestId, SignInDecision.Accept, SignIns.View(browser).Number, story.Cancellation);
        story.CheckEqual("Signed in.", newPhone.State.Message, "She typed the number, and the phone says: Signed in.");
        var signIn = (await OutcomeAsync(story, browser, AttemptState.SignedIn, "The application polled, and verified the signed answer")).SignIn!;
        story.Terminal.Table(
            ["Verified", "Value"],
            [
                ["Account", signIn.Account], ["User", $"{signIn.User} of {signIn.Tenant}"], ["DID", signIn.Did], ["Device", signIn.Device],
                ["Request", signIn.Request], ["Approved at", $"{signIn.At:u}"],
            ]);
        story.CheckEqual((User, newDid), (signIn.User, signIn.Did), "BlokSec, her phone and her DID all signed that it is she");
    }

    private async Task FraudAsync(StoryContext story)
    {
        var (browser, request) = await EnterAsync(story, "curl/8.0");
        await newPhone.AnswerSignInAsync(request.RequestId, SignInDecision.NotMe, number: null, story.Cancellation);
        story.Check(newPhone.State.SignIns.Count == 0, $"She pressed \"It was not me\": {newPhone.State.Message}");
        await OutcomeAsync(story, browser, AttemptState.NotMe, "The application lets nobody in");
        await story.EventuallyAsync("The administrator has an alert: Maria says that it was not her", Soon, async cancellationToken =>
            (await admin.AuditAsync(User, cancellationToken)).Entries.FirstOrDefault(entry => entry is { Alert: true, Action: AuditActions.SignInNotMe }));
        var again = await SignIns.StartAsync(user.Email, null, "curl/8.0", story.Cancellation);
        story.CheckEqual(AttemptState.HeldBack, SignIns.View(again).State, "The next request for her is held back: her phone is left in peace");
    }

    /// <summary>Somebody enters Maria's name in the application; her phone shows the request, told by push or when its app is opened.</summary>
    private async Task<(string Browser, WaitingRequest Request)> EnterAsync(StoryContext story, string userAgent)
    {
        var browser = await SignIns.StartAsync(user.Email, "203.0.113.7", userAgent, story.Cancellation);
        var view = SignIns.View(browser);
        story.Check(view.State == AttemptState.Pending, $"The application shows the number {view.Number} ({(view.Push == SignInPush.Queued ? "a push is on its way" : "the app has to be opened")})");
        if (view.Push != SignInPush.Queued)
        {
            await newPhone.OpenAppAsync(story.Cancellation);
        }

        var request = await story.EventuallyAsync(
            $"{newPhone.State.Facts.Name} shows the request", Soon, _ => Task.FromResult(newPhone.State.SignIns is [var shown, ..] ? shown : null));
        story.Terminal.Say($"{request.ApplicationName}: {request.BindingMessage}, {request.AccountName}, from {request.IpAddress}, {request.UserAgent}");
        return (browser, request);
    }

    private Task<AttemptView> OutcomeAsync(StoryContext story, string browser, AttemptState state, string fact) => story.EventuallyAsync(
        fact, Soon, _ => Task.FromResult(SignIns.View(browser) is { State: not AttemptState.Pending } ended && ended.State == state ? ended : null));

    /// <summary>Maria has a second phone with the same identity; it is removed. The application knows of it only what BlokSec sends.</summary>
    private async Task EndSessionAsync(StoryContext story)
    {
        var second = cloud.Phones.Add(new PhoneFacts
        {
            Name = "Maria's second phone",
            Model = "Pixel 9a",
            Platform = DevicePlatform.Android,
            OsVersion = "Android 16",
        });
        await second.RestoreAsync((await newPhone.CreateBackupAsync(story.Cancellation))!, story.Cancellation);
        story.Check(second.State.Registration is not null, "She restored a second phone from the backup of her new one");
        story.CheckEqual(AttemptState.SignedIn, SignIns.View(signedIn).State, "In the application she is still signed in");
        var operation = await admin.RemoveAsync(User, second.State.Registration!.DeviceId, "Left on a train", story.Cancellation);
        await EndedAsync(story, operation.OperationId);
        await WelcomeAsync(story, second);
        var ended = await OutcomeAsync(
            story, signedIn, AttemptState.SignedOut, "The application got an event, verified its signature, and ended her session");
        story.Terminal.Say($"{ended.Detail}");
        story.Check(
            ended.Detail!.StartsWith(SecurityEvents.Endings[SecurityEvents.SessionRevoked], StringComparison.Ordinal), "The event was session-revoked (CAEP)");
    }
}
