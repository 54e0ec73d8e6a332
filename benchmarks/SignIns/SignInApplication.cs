using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using BlokSec.Contracts;
using BlokSec.Local;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;
using BlokSec.Local.SignIn;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>An application that asks for sign-ins, and sees when the provider accepts the push.</summary>
internal sealed partial class SignInApplication : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<(string Provider, long At)>> waiting = new();
    private readonly ApplicationClient client;

    public SignInApplication(LocalCloud cloud)
    {
        client = new ApplicationClient(cloud.ApiAddress, cloud.SignIn.Address, DemoApplication.Defaults[0]);
        cloud.Traffic.Watch = Seen;
    }

    /// <summary>From the request to its answer.</summary>
    public Times Answered { get; } = new();

    /// <summary>From the request to the provider's yes.</summary>
    public Times Accepted { get; } = new();

    /// <summary>The same, by provider.</summary>
    public SortedDictionary<string, Times> AcceptedBy { get; } = new() { ["apns"] = new(), ["fcm"] = new() };

    /// <summary>Asks once.</summary>
    /// <param name="userId">Who signs in.</param>
    /// <param name="counts">Whether it is measured.</param>
    public async Task AskAsync(string userId, bool counts)
    {
        var push = waiting[userId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new AuthenticationRequest { LoginHint = userId, BindingMessage = "Sign in to Payroll", IpAddress = "203.0.113.7", UserAgent = "Firefox on Windows" };
        var start = Stopwatch.GetTimestamp();
        await client.AskAsync(request, CancellationToken.None);
        var answered = Stopwatch.GetTimestamp();
        var (provider, accepted) = await push.Task.WaitAsync(Patience);
        if (counts)
        {
            Answered.Between(start, answered);
            Accepted.Between(start, accepted);
            AcceptedBy[provider].Between(start, accepted);
        }
    }

    public void Dispose() => client.Dispose();

    private void Seen(SeenRequest request)
    {
        if (request is { StandIn: "apns" or "fcm", Operation: "send", Status: 200 } && waiting.TryRemove(UserId().Match(request.Searchable).Value, out var push))
        {
            push.SetResult((request.StandIn, Stopwatch.GetTimestamp()));
        }
    }

    [GeneratedRegex("user-[0-9a-f]{15}")]
    private static partial Regex UserId();
}
