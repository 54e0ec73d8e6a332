using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Users;

public sealed class UserWatchTests : ConsoleTest
{
    private const string Ask = "GET /api/users/maria-lopez";

    private static readonly UserDetails Working = Samples.User(Samples.Device()) with { Operations = [Samples.Operation()] };

    private BrowserPage Page => Services.GetRequiredService<BrowserPage>();

    private int Reads => Stub.Requests.Count;

    [Fact]
    public async Task Open_work_is_read_each_second_and_told_only_when_something_moved()
    {
        Stub.Answer(Ask, Working, PortalJson.Default.UserDetails);
        using var watch = Start();
        await UntilAsync(() => watch.Version == 1);
        var shown = watch.User;
        await TickAsync(watch, 3);
        Assert.Same(shown, watch.User);
    }

    [Fact]
    public async Task A_hidden_tab_asks_nothing_until_it_is_seen_again()
    {
        Stub.Answer(Ask, Working, PortalJson.Default.UserDetails);
        using var watch = Start();
        await UntilAsync(() => watch.Version == 1);
        Page.OnPageChanged(isVisible: false, isOnline: true);
        var before = Reads;
        Clock.Advance(TimeSpan.FromMinutes(5));
        await Task.Yield();
        Assert.Equal(before, Reads);
        Page.OnPageChanged(isVisible: true, isOnline: true);
        await UntilAsync(() => Reads > before);
    }

    [Fact]
    public async Task A_reading_that_fails_keeps_what_is_known_and_is_tried_again()
    {
        Stub.Answer(Ask, Working, PortalJson.Default.UserDetails)
            .Refuse(Ask, HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable)
            .Answer(Ask, Working, PortalJson.Default.UserDetails);
        using var watch = Start();
        await UntilAsync(() => watch.Version == 1);
        await AdvanceUntilAsync(() => watch.Problem is not null);
        Assert.NotNull(watch.User);
        await AdvanceUntilAsync(() => watch.Problem is null);
    }

    [Fact]
    public async Task I11_A_browser_that_believes_to_be_offline_does_not_stop_the_readings()
    {
        Stub.Answer(Ask, Working, PortalJson.Default.UserDetails);
        Page.OnPageChanged(isVisible: true, isOnline: false);
        using var watch = Start();
        await UntilAsync(() => watch.Version == 1);
        await TickAsync(watch, 3);
    }

    [Fact]
    public async Task I11_What_the_API_accepted_is_shown_at_once_and_stays_until_a_reading_knows_it()
    {
        var phone = Samples.Device();
        var operation = Samples.Operation("op-1", phone.DeviceId);
        Stub.Answer(Ask, Samples.User(phone, Samples.Device("Tablet")), PortalJson.Default.UserDetails)
            .Lose(Ask);
        using var watch = Start();
        await UntilAsync(() => watch.Version == 1);
        watch.Accept(operation);
        AssertShown();
        await AdvanceUntilAsync(() => watch.Problem is not null);
        AssertShown();
        Stub.Answer(Ask, Samples.User(phone, Samples.Device("Tablet")), PortalJson.Default.UserDetails);
        await AdvanceUntilAsync(() => watch.Problem is null);
        AssertShown();
        Stub.Answer(
            Ask,
            Samples.User(Samples.Device("Tablet")) with { Operations = [operation with { Status = OperationStatus.Succeeded }] },
            PortalJson.Default.UserDetails);
        await AdvanceUntilAsync(() => watch.User!.Operations[0].Status == OperationStatus.Succeeded);
        Assert.Empty(watch.User!.Revocations);

        void AssertShown()
        {
            Assert.Equal("Tablet", Assert.Single(watch.User!.Devices).Name);
            Assert.Equal("op-1", Assert.Single(watch.User!.Operations).OperationId);
            Assert.Equal((phone.DeviceId, RevocationState.Blocked), (watch.User!.Revocations[0].DeviceId, watch.User!.Revocations[0].State));
        }
    }

    [Fact]
    public async Task I12_A_page_on_which_nothing_moves_reads_the_audit_each_minute_and_on_request()
    {
        Stub.Answer(Ask, Samples.User(Samples.Device()), PortalJson.Default.UserDetails);
        using var watch = Start();
        await UntilAsync(() => watch.Version == 1);
        await AdvanceUntilAsync(() => watch.Version > 1);
        var before = watch.Version;
        watch.Refresh();
        await UntilAsync(() => watch.Version > before);
    }

    [Fact]
    public async Task A_user_who_is_not_there_is_not_asked_for_again()
    {
        Stub.Refuse(Ask, HttpStatusCode.NotFound, ProblemCodes.NotFound);
        using var watch = Start();
        await UntilAsync(() => watch.Problem is not null);
        Clock.Advance(TimeSpan.FromHours(1));
        await Task.Yield();
        Assert.Equal(1, Reads);
        Assert.Null(watch.User);
    }

    private UserWatch Start()
    {
        var watch = new UserWatch(Stub.Api, Page, Clock);
        watch.Start("maria-lopez");
        return watch;
    }

    private async Task TickAsync(UserWatch watch, int times)
    {
        for (var tick = 0; tick < times; tick++)
        {
            var before = Reads;
            await AdvanceUntilAsync(() => Reads > before);
        }

        Assert.Null(watch.Problem);
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => UntilAsync(() =>
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
