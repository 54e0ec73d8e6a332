using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using CsCheck;

namespace BlokSec.Functions.Tests.Push;

public sealed class PushAnswersTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RevokePush Push = new(
        new PushHandle(PushHandleKind.Apns, "handle", PushEnvironment.Production, Now.AddDays(-1)),
        DevicePlatform.Ios,
        PushCloud.PushId,
        "t",
        "u",
        "d",
        1,
        "s",
        Now.AddDays(30));

    [Fact]
    public void Only_the_answers_that_mean_it_kill_a_handle_at_Apple() => Gen.Select(Gen.Int[100, 599], Reason()).Sample((status, reason) =>
        ApnsAnswers.Interpret(new ApnsAnswer(status, reason), Push, Now) is not PushResult.HandleDead
        || status == 410
        || (status == 400 && reason is "BadDeviceToken" or "DeviceTokenNotForTopic" or "TopicDisallowed"));

    [Fact]
    public void Only_the_answers_that_mean_it_kill_a_handle_at_Google() => Gen.Select(Gen.Int[100, 599], Code()).Sample((status, code) =>
        FcmAnswers.Interpret(new FcmAnswer(status, "X", code), Now) is not PushResult.HandleDead
        || (status, code) is (404, "UNREGISTERED") or (400, "INVALID_ARGUMENT") or (403, "SENDER_ID_MISMATCH"));

    [Fact]
    public void A_failing_provider_never_loses_a_push() => Gen.Select(Gen.Int[500, 599], Reason(), Code()).Sample((status, reason, code) =>
        ApnsAnswers.Interpret(new ApnsAnswer(status, reason), Push, Now) is PushResult.Unavailable
        && FcmAnswers.Interpret(new FcmAnswer(status, null, code), Now) is PushResult.Unavailable);

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_handle_is_dead_only_when_it_was_registered_before_Apple_missed_the_app(int registeredAfterSeconds, bool dead)
    {
        var since = Push.Handle.RegisteredAt.AddSeconds(-registeredAfterSeconds);

        var result = ApnsAnswers.Interpret(new ApnsAnswer(410, "Unregistered", since), Push, Now);

        Assert.Equal(dead, result is PushResult.HandleDead);
        Assert.Equal(!dead, result is PushResult.Unavailable);
    }

    [Fact]
    public void An_answer_of_Apple_without_an_id_is_known_by_ours() => Assert.Equal(
        PushCloud.PushId,
        Assert.IsType<PushResult.Accepted>(ApnsAnswers.Interpret(new ApnsAnswer(200), Push, Now)).ProviderMessageId);

    [Theory]
    [InlineData(null, "HandleDead")]
    [InlineData("message.token", "HandleDead")]
    [InlineData("message.fid", "HandleDead")]
    [InlineData("message.android.ttl", "Rejected")]
    [InlineData("message.token message.data", "Rejected")]
    [InlineData("", "Rejected")]
    public void An_invalid_argument_means_the_handle_only_when_nothing_else_is_named(string? fields, string outcome)
    {
        var answer = new FcmAnswer(
            400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", fields?.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(outcome, FcmAnswers.Interpret(answer, Now).GetType().Name);
    }

    private static Gen<string?> Reason() => Pick(
        null, "BadDeviceToken", "DeviceTokenNotForTopic", "TopicDisallowed", "Unregistered", "ExpiredToken", "Shutdown", "PayloadEmpty", "New");

    private static Gen<string?> Code() => Pick(
        null, "UNREGISTERED", "INVALID_ARGUMENT", "SENDER_ID_MISMATCH", "QUOTA_EXCEEDED", "UNSPECIFIED_ERROR", "UNAVAILABLE", "New");

    private static Gen<string?> Pick(params string?[] words) => Gen.Int[0, words.Length - 1].Select(index => words[index]);
}
