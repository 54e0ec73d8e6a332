using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.SignIns;

/// <summary>An export whose database fails on the way: a part must not look like the whole.</summary>
public sealed class ExportFaultTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, FaultStage.Before)]
    [InlineData(500, FaultStage.Before)]
    [InlineData(null, FaultStage.Before)]
    [InlineData(null, FaultStage.After)]
    public async Task An_export_that_cannot_be_finished_has_no_proper_end_and_is_logged_as_an_error(int? status, FaultStage stage)
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(user, Enumerable.Range(0, 1_001).Select(minutes => Test.Request(user, TimeSpan.FromMinutes(minutes))));
        var logged = Test.Logs.Entries.Count;
        using var fault = new FaultAfterFirst(Test, user, new FaultRule { Status = status, Drop = status is null, Stage = stage });

        var text = new MemoryStream();
        var broken = await Record.ExceptionAsync(async () =>
        {
            using var answer = await Test.Admin().Http.GetAsync(PathOf(user), HttpCompletionOption.ResponseHeadersRead, Stop);
            Assert.True(answer.IsSuccessStatusCode);
            Assert.Null(answer.Content.Headers.ContentLength);
            await (await answer.Content.ReadAsStreamAsync(Stop)).CopyToAsync(text, Stop);
        });
        Assert.True(broken is IOException or HttpRequestException, $"{broken}");

        await Test.UntilAsync(
            () => Task.FromResult(Test.Logs.Entries.Skip(logged).Where(entry => entry.Level >= LogLevel.Error).Select(entry => entry.Line).FirstOrDefault()),
            "the failure is logged");
    }

    [Fact]
    public async Task An_export_that_cannot_begin_is_an_outage()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(user, [Test.Request(user, TimeSpan.Zero)]);
        using var fault = Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Contains = user.UserId, Status = 503 });

        var answer = await Test.Admin().AskAsync(PathOf(user).OriginalString);

        Assert.Equal((503, ProblemCodes.Unavailable), (answer.Status, answer.Code));
    }

    private static Uri PathOf(TestUser user) => new($"users/{user.UserId}/authentication-requests.csv?days=90", UriKind.Relative);

    /// <summary>Lets the first page be read, and no other one.</summary>
    private sealed class FaultAfterFirst : IDisposable
    {
        private readonly Traffic traffic;
        private IDisposable? fault;

        public FaultAfterFirst(TestCloud test, TestUser user, FaultRule rule)
        {
            traffic = test.Traffic;
            traffic.Hook = (seen, stage) =>
            {
                if (stage == FaultStage.After && seen is { StandIn: "cosmos", Operation: "query" }
                    && seen.Searchable.Contains(user.UserId, StringComparison.Ordinal))
                {
                    fault ??= traffic.Add(rule with { StandIn = "cosmos", Operation = "query", Contains = user.UserId });
                }

                return Task.CompletedTask;
            };
        }

        public void Dispose()
        {
            traffic.Hook = null;
            fault?.Dispose();
        }
    }
}
