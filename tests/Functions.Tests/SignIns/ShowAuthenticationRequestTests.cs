using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.SignIns;

public sealed class ShowAuthenticationRequestTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task A_request_is_shown_from_asking_to_its_answer_and_never_its_number()
    {
        var user = await Test.NewUserAsync(phones: 2);
        using var application = Test.Application();
        var asked = await application.AskAsync(
            new AuthenticationRequest
            {
                LoginHint = Hint(user),
                BindingMessage = "Sign in to Payroll",
                IpAddress = "203.0.113.7",
                Country = "Canada",
                City = "Toronto",
                UserAgent = "Firefox on Windows",
            },
            Stop);
        var shown = await ShownAsync(user.Phones[0]);

        var (waiting, _) = await ShowAsync(user, shown.RequestId);
        Assert.Equal(
            (AuthenticationRequestStatus.Pending, "Payroll", "test.person@contoso.example", "Canada", "Toronto", "203.0.113.7"),
            (waiting.Request.Status, waiting.Request.ApplicationName, waiting.Request.AccountName, waiting.Request.Country, waiting.Request.City, waiting.Request.IpAddress));
        Assert.Equal(("Sign in to Payroll", "Firefox on Windows"), (waiting.BindingMessage, waiting.UserAgent));
        Assert.Equal((6, 0), (waiting.Digits, waiting.WrongNumbers));
        Assert.Equal(shown.ExpiresAt, waiting.Request.ExpiresAt);
        Assert.Null(waiting.AnsweringDevice);

        var wrong = AnsweringPhone.Wrong(asked.Number, by: 1);
        await Test.AnswerAsync(user, shown, wrong);
        await Test.AnswerAsync(user, shown, asked.Number);

        var (answered, text) = await ShowAsync(user, shown.RequestId);
        Assert.Equal((AuthenticationRequestStatus.Accepted, 1), (answered.Request.Status, answered.WrongNumbers));
        Assert.Equal(user.DeviceIds[0], answered.AnsweringDevice!.DeviceId);
        Assert.NotNull(answered.AnsweringDevice.Name);
        Assert.NotNull(answered.Request.RespondedAt);
        Assert.DoesNotContain(asked.Number, text, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, text, StringComparison.Ordinal);
        var stored = await Test.RequestOfAsync(user, shown);
        Assert.DoesNotContain(stored.Assertion!, text, StringComparison.Ordinal);
        Assert.DoesNotContain(stored.Challenge!, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_device_keeps_its_name_and_an_unknown_one_has_none()
    {
        var user = await Test.NewUserAsync(phones: 2);
        var name = (await Test.Admin().UserAsync(user.UserId, Stop)).Devices.Single(device => device.DeviceId == user.DeviceIds[0]).Name;
        var unknown = new string('x', 43);
        var request = Test.Request(user, TimeSpan.Zero) with { DeviceId = user.DeviceIds[0], AnsweredBy = unknown };
        await Test.CreateAsync(user, [request]);
        await Test.RemovedAsync(user, phone: 0);
        await Test.AtRestAsync(user);

        var (shown, _) = await ShowAsync(user, request.RequestId);

        Assert.Equal(new SignInDevice(user.DeviceIds[0], name), shown.Device);
        Assert.Equal(new SignInDevice(unknown, Name: null), shown.AnsweringDevice);
    }

    [Fact]
    public async Task Hostile_text_is_shown_without_what_steers()
    {
        var user = await Test.NewUserAsync(phones: 0);
        var request = Test.Request(user, TimeSpan.Zero) with
        {
            ApplicationName = "<b>Pay\u202Eroll</b>\0",
            BindingMessage = "one\r\ntwo\u2066",
            UserAgent = "\u200B",
            Country = "\u202E",
            PushReason = new string('x', 5_000),
        };
        await Test.CreateAsync(user, [request]);

        var (shown, _) = await ShowAsync(user, request.RequestId);

        Assert.Equal(("<b>Payroll</b>", "one two", "?", "?"), (shown.Request.ApplicationName, shown.BindingMessage, shown.UserAgent, shown.Request.Country));
        Assert.Equal(1_000, shown.PushReason!.Length);
    }

    [Fact]
    public async Task I9_A_request_of_another_tenant_user_or_nobody_does_not_exist()
    {
        var (ours, theirs) = await Test.NamesakesAsync();
        var request = Test.Request(ours, TimeSpan.Zero);
        await Test.CreateAsync(ours, [request]);
        var other = await Test.NewUserAsync(phones: 0);

        foreach (var (administrator, userId, requestId) in new[]
        {
            (TestCloud.Neighbour, theirs.UserId, request.RequestId),
            (TestCloud.Alice, other.UserId, request.RequestId),
            (TestCloud.Alice, ours.UserId, new string('0', 32)),
            (TestCloud.Alice, "nobody", request.RequestId),
        })
        {
            var answer = await Test.Admin(administrator).AskAsync($"users/{userId}/authentication-requests/{requestId}");
            Assert.Equal((404, ProblemCodes.NotFound), (answer.Status, answer.Code));
        }
    }

    private async Task<(AuthenticationRequestRecord Record, string Text)> ShowAsync(TestUser user, string requestId)
    {
        var answer = await Test.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}/authentication-requests/{requestId}");
        Assert.True(answer.Status == 200, answer.Text);
        return (answer.Read<AuthenticationRequestRecord>(), answer.Text);
    }
}
