namespace BlokSec.Functions.Tests.Crash;

/// <summary>What phones and applications ask for.</summary>
public sealed class KilledAtAnyPhoneRequestTests(CrashCloud cloud, ITestOutputHelper output) : KilledAnywhere(cloud, output)
{
    [Fact]
    public Task I3_I4_A_departure_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.DepartAsync);

    [Fact]
    public Task I3_I4_A_report_of_a_lost_phone_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(PhoneFlows.ReportLostAsync);

    [Fact]
    public Task I4_I13_A_sign_in_request_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.AskAsync);

    [Fact]
    public Task I4_I13_A_sign_in_request_to_an_Android_phone_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(PhoneFlows.AskAndroidAsync);

    [Fact]
    public Task I4_I13_An_acceptance_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.AcceptAsync);

    [Fact]
    public Task I4_I13_A_denial_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.NotMeAsync);

    [Fact]
    public Task I4_I13_A_guess_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.GuessAsync);
}
