using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;

namespace BlokSec.Portal.Users;

/// <summary>
/// The users found for a search, page after page. A newer search cancels an older one; what was found stays until there is an answer, and
/// while another page of the console is looked at, so that the way back is at once and leads to the same row; as much is read again then. A reading that fails is tried
/// again in the rhythm of <see cref="PollRhythm"/>, as on the page of a user.
/// </summary>
internal sealed class UserListing(AdminApi api, BrowserPage page, TimeProvider time) : IDisposable
{
    private readonly List<UserSummary> users = [];
    private CancellationTokenSource? reading;
    private Pause? pause;
    private string? continuation;
    private UserFilter? found;
    private UserFilter? shownFor;
    private int wanted = 1;
    private bool isAsked;

    /// <summary>Something moved.</summary>
    public event Action? Changed;

    /// <summary>What is asked for.</summary>
    public UserFilter Filter { get; private set; } = new();

    public IReadOnlyList<UserSummary> Users => users;

    /// <summary>How many more users were found that the API cannot read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Whether the first page of the search is under way: what is shown may belong to the search before.</summary>
    public bool IsSearching { get; private set; }

    /// <summary>Whether a further page is under way.</summary>
    public bool IsLoadingMore { get; private set; }

    public bool HasMore => continuation is not null;

    /// <summary>Whether what is shown was found for the search.</summary>
    public bool IsThere => found is not null && found == Filter && !IsSearching;

    /// <summary>When what is shown was read.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>The user whose page was left last: the way back leads to that row. Taken once.</summary>
    public string? Return { get; set; }

    /// <summary>Why the last reading failed; it stays until one succeeds.</summary>
    public ApiProblem? Problem { get; private set; }

    /// <summary>Whether the users for a filter are there, on their way or tried for again.</summary>
    public bool Covers(UserFilter filter) => isAsked && filter == Filter && (IsThere || IsSearching || Problem is not null);

    /// <summary>Finds users; what is found takes the place of what is shown.</summary>
    public Task FindAsync(UserFilter filter)
    {
        wanted = filter == shownFor ? Math.Max(1, users.Count) : 1;
        (Filter, isAsked, IsSearching, IsLoadingMore, Problem) = (filter, true, true, false, null);
        return BeginAsync(null);
    }

    /// <summary>The next page, if there is one and nothing is under way.</summary>
    public Task LoadMoreAsync()
    {
        if (continuation is null || IsSearching || IsLoadingMore || Problem is not null)
        {
            return Task.CompletedTask;
        }

        (wanted, IsLoadingMore) = (1, true);
        return BeginAsync(continuation);
    }

    /// <summary>Retries at once what failed.</summary>
    public void Hurry() => pause?.End();

    /// <summary>Nobody looks any more: what is under way is given up, and what is shown may be old when somebody looks again.</summary>
    public void Leave()
    {
        reading?.Cancel();
        (found, IsSearching, IsLoadingMore, Problem) = (null, false, false, null);
    }

    public void Dispose()
    {
        Leave();
        reading?.Dispose();
    }

    /// <summary>Ends with the first answer, whatever it is.</summary>
    private async Task BeginAsync(string? from)
    {
        reading?.Cancel();
        reading?.Dispose();
        reading = new CancellationTokenSource();
        var cancellationToken = reading.Token;
        Changed?.Invoke();
        try
        {
            await ReadAsync(from, cancellationToken);
            _ = TryAgainAsync(from, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A newer search began, or the page was left.
        }
    }

    private async Task TryAgainAsync(string? from, CancellationToken cancellationToken)
    {
        using var between = pause = new Pause(page, time);
        for (var failures = 1; Problem is { } problem; failures++)
        {
            await between.WaitAsync(PollRhythm.After(problem, failures), cancellationToken);
            await ReadAsync(from, cancellationToken);
        }
    }

    private async Task ReadAsync(string? from, CancellationToken cancellationToken)
    {
        var result = await PageReading.ReadAsync(
            next => api.ListUsersAsync(Filter.Query, next, cancellationToken), page => (page.Users, page.Continuation, page.Unreadable), from, wanted);
        cancellationToken.ThrowIfCancellationRequested();
        (IsSearching, IsLoadingMore, Problem) = (false, false, result.Problem);
        if (result.Value is { } read)
        {
            if (read.IsFromStart)
            {
                users.Clear();
                Unreadable = 0;
            }

            Unreadable += read.Unreadable;
            users.AddRange(read.Items.ExceptBy(users.Select(user => user.UserId), user => user.UserId));
            (found, shownFor, continuation, ReadAt) = (Filter, Filter, read.Continuation, time.GetUtcNow());
        }

        Changed?.Invoke();
    }
}
