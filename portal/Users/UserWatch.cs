using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;

namespace BlokSec.Portal.Users;

/// <summary>
/// Keeps the page of one user up to date: reads it again in the rhythm of <see cref="PollRhythm"/>, pauses while the tab is hidden, and
/// keeps what it knew when a reading fails.
/// </summary>
internal sealed class UserWatch(AdminApi api, BrowserPage page, TimeProvider time) : IDisposable
{
    private CancellationTokenSource stopping = new();
    private Pause? pause;
    private string? text;
    private string userId = "";
    private OperationDetails? accepted;
    private DateTimeOffset movedAt;
    private DateTimeOffset versionAt;
    private int failures;

    /// <summary>Something moved, or a reading began to fail or to work again.</summary>
    public event Action? Changed;

    /// <summary>The user; null until the first reading.</summary>
    public UserDetails? User { get; private set; }

    /// <summary>Why the last reading failed.</summary>
    public ApiProblem? Problem { get; private set; }

    /// <summary>When the API was last heard.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>
    /// Grows whenever something moved, on request and each minute: entries of the audit that nothing on the page stands for, such as alerts,
    /// are read with it.
    /// </summary>
    public int Version { get; private set; }

    /// <summary>Begins with a user; what was known of another is forgotten.</summary>
    public void Start(string user)
    {
        stopping.Cancel();
        stopping.Dispose();
        stopping = new CancellationTokenSource();
        (userId, text, User, Problem, failures, accepted) = (user, null, null, null, 0, null);
        movedAt = time.GetUtcNow();
        _ = RunAsync(stopping.Token);
    }

    /// <summary>Reads now, and often for a while: something was just asked for.</summary>
    public void Hurry()
    {
        movedAt = time.GetUtcNow();
        pause?.End();
    }

    /// <summary>Reads all now: the administrator asks for it.</summary>
    public void Refresh()
    {
        versionAt = default;
        Hurry();
    }

    /// <summary>Shows at once what the API accepted, and follows its progress.</summary>
    public void Accept(OperationDetails operation)
    {
        if (User is { } user && !AcceptedOperation.IsIn(user, operation))
        {
            (accepted, text, User) = (operation, null, AcceptedOperation.Apply(user, operation));
            TellVersion();
        }

        Hurry();
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var between = pause = new Pause(page, time);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await ReadAsync(cancellationToken);
                await between.WaitAsync(Length(), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await api.ReadUserAsync(userId, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        ReadAt = answer.Problem is null ? time.GetUtcNow() : ReadAt;
        if (answer.Value is { } read && read == text)
        {
            Tell(null);
            if (time.GetUtcNow() - versionAt >= PollRhythm.Idle)
            {
                TellVersion();
            }

            return;
        }

        var result = ApiConnection.Read(answer, PortalJson.Default.UserDetails);
        if (result.Value is { } user)
        {
            (text, User, movedAt) = (answer.Value, WithAccepted(user), time.GetUtcNow());
            Problem = null;
            failures = 0;
            TellVersion();
        }
        else
        {
            Tell(result.Problem);
        }
    }

    /// <summary>A reading that was under way when the operation was accepted does not know it.</summary>
    private UserDetails WithAccepted(UserDetails user)
    {
        accepted = accepted is { } operation && !AcceptedOperation.IsIn(user, operation) ? operation : null;
        return accepted is null ? user : AcceptedOperation.Apply(user, accepted);
    }

    private void TellVersion()
    {
        Version++;
        versionAt = time.GetUtcNow();
        Changed?.Invoke();
    }

    private void Tell(ApiProblem? problem)
    {
        failures = problem is null ? 0 : failures + 1;
        if (problem != Problem)
        {
            Problem = problem;
            Changed?.Invoke();
        }
    }

    private TimeSpan Length() => Problem is { } problem
        ? PollRhythm.After(problem, failures)
        : PollRhythm.After(User!, time.GetUtcNow() - movedAt);
}
