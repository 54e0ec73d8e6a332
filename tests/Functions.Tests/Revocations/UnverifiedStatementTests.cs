using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Revocations;

public sealed class UnverifiedStatementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I11_Phones_that_could_not_verify_their_push_reset_and_confirm_by_themselves_when_the_API_is_back()
    {
        var api = new Outage { IsOn = true };
        await using var test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Configure = services => services.AddSingleton<IStartupFilter>(api),
        });
        var user = await test.NewUserAsync(phones: 2);

        await test.UnregisteredAsync(user);
        await test.UntilAsync(() => Task.FromResult(user.Phones.All(Waits) ? user : null), "both phones keep the statement");
        Assert.All(user.Phones, phone => Assert.NotNull(phone.State.Registration));

        api.IsOn = false;
        var told = await Task.WhenAll(user.DeviceIds.Select(device => test.ConfirmedAsync(user, device)));

        Assert.All(user.Phones, phone => Assert.Equal(PhoneScreen.Welcome, phone.View.Screen));
        Assert.All(told, revocation => Assert.DoesNotContain(revocation.Timeline, entry => entry.What == "LearnedAtNextOpen"));
    }

    private static bool Waits(VirtualPhone phone) => phone.State.Statements.Count == 1;

    /// <summary>The part of the API that phones need to believe a statement and to confirm.</summary>
    private sealed class Outage : IStartupFilter
    {
        public bool IsOn { get; set; }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, proceed) =>
            {
                var isFor = context.Request.Path.Value is { } path
                    && (path.EndsWith("/jwks.json", StringComparison.Ordinal) || path.EndsWith("/erasure", StringComparison.Ordinal));
                if (!IsOn || !isFor)
                {
                    return proceed(context);
                }

                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            });
            next(app);
        };
    }
}
