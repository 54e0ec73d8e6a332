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
        await TickAsync(watch, 3);
        Assert.Equal(1, watch.Version);
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
