using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Publishing;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>The published app as a child process of the local Functions host, which can be killed at any request, and everything around it.</summary>
public sealed class CrashCloud : IAsyncLifetime
{
    internal TestCloud Test { get; private set; } = null!;

    /// <summary>One administrator, who is signed in already.</summary>
    internal AdminClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Published = true,
            AppFolder = await PublishedApp.FolderAsync(),
            // A send that is held until the kill must not end before it.
            Settings = new Dictionary<string, string> { ["ServiceBus__SendTimeoutSeconds"] = "60" },
        });
        Admin = Test.Admin();
        await Admin.UsersAsync("nobody", TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();

    /// <summary>Kills the app with all that is under way in it; the host starts it again.</summary>
    internal Task KillAsync() => Test.Cloud.Host.KillWorkerAsync();

    /// <summary>Waits until the flows are done, while the timer ticks and phones are opened: what a few minutes bring by themselves.</summary>
    internal Task SettledAsync(IReadOnlyList<Flow> flows) => FlowSettling.SettledAsync(Test, flows, () => Test.Cloud.ServiceBus.ReleaseScheduled());

    /// <summary>Asserts that no flow ended in another way than the one told, and that nothing is left lying.</summary>
    internal async Task AssertEndsAsync(IEnumerable<(Flow Flow, string Point)> flows, string expected)
    {
        foreach (var (flow, point) in flows)
        {
            Assert.Equal($"{point}\n{expected}", $"{point}\n{await FlowEnd.DescribeAsync(Test, flow)}");
        }

        var revokes = Test.Cloud.Apns.Accepted.Concat(Test.Cloud.Fcm.Accepted).Where(push => push.Text.Contains("device-revoked", StringComparison.Ordinal));
        foreach (var pushes in revokes.GroupBy(push => push.Token))
        {
            Assert.Single(pushes.Select(push => push.Text).Distinct());
            Assert.Single(pushes.Select(push => push.Headers.GetValueOrDefault("apns-id")).Distinct());
        }

        Assert.All(FlowSettling.Queues, queue => Assert.Equal((0, 0, 0), Test.Left(queue)));
    }
}
