namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>A test with people who look at pages. A failed one leaves a picture of each tab.</summary>
public abstract class BrowserTest(BrowserCloud cloud) : IAsyncDisposable
{
    private readonly List<Visit> visits = [];

    internal BrowserCloud Cloud { get; } = cloud;

    public async ValueTask DisposeAsync()
    {
        var hasFailed = TestContext.Current.TestState?.Result == TestResult.Failed;
        var faults = visits.SelectMany(visit => visit.Faults).ToList();
        foreach (var visit in visits)
        {
            if (hasFailed || faults.Count > 0)
            {
                await visit.KeepPicturesAsync();
            }

            await visit.LeaveAsync(isWell: !hasFailed && faults.Count == 0);
        }

        GC.SuppressFinalize(this);
        if (!hasFailed)
        {
            Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
        }
    }

    /// <summary>Somebody has a browser.</summary>
    internal Visit Visitor(VisitOptions? options = null)
    {
        var visit = new Visit(Cloud, options ?? new VisitOptions());
        visits.Add(visit);
        return visit;
    }
}
