namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>A test with people who look at pages. At its end their windows are closed; a failed one leaves a picture of each console.</summary>
public abstract class BrowserTest(BrowserCloud cloud) : IAsyncDisposable
{
    private readonly List<Visit> visits = [];

    internal BrowserCloud Cloud { get; } = cloud;

    public async ValueTask DisposeAsync()
    {
        var hasFailed = TestContext.Current.TestState?.Result == TestResult.Failed;
        foreach (var visit in visits)
        {
            if (hasFailed || visit.Faults.Any())
            {
                await Picture.KeepAsync(visit.Page);
            }

            await visit.DisposeAsync();
        }

        GC.SuppressFinalize(this);
        if (!hasFailed)
        {
            Assert.Empty(visits.SelectMany(visit => visit.Faults));
        }
    }

    /// <summary>Somebody opens a browser.</summary>
    internal async Task<Visit> VisitAsync(VisitOptions? options = null)
    {
        var visit = await Visit.StartAsync(Cloud, options);
        visits.Add(visit);
        return visit;
    }
}
