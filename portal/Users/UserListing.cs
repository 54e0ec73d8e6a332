using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Users;

/// <summary>
/// The users found for a search, page after page. A newer search cancels an older one; what was found stays while another page of the
/// console is looked at, so that the way back is at once.
/// </summary>
internal sealed class UserListing(AdminApi api) : IDisposable
{
    private readonly List<UserSummary> users = [];
    private CancellationTokenSource? reading;
    private string? continuation;
    private bool hasPages;

    /// <summary>Something moved.</summary>
    public event Action? Changed;

    /// <summary>What is searched for; null before the first time.</summary>
    public string? Search { get; private set; }

    public IReadOnlyList<UserSummary> Users => users;

    /// <summary>Whether the first page of the search is under way: what is shown may belong to the search before.</summary>
    public bool IsSearching { get; private set; }

    /// <summary>Whether a further page is under way.</summary>
    public bool IsLoadingMore { get; private set; }

    public bool HasMore => continuation is not null;

    /// <summary>Whether the first page has arrived.</summary>
    public bool IsThere => hasPages && !IsSearching;

    public ApiProblem? Problem { get; private set; }

    /// <summary>Finds users anew.</summary>
    public async Task FindAsync(string search)
    {
        var cancellationToken = Begin();
        Search = search;
        (IsSearching, IsLoadingMore, Problem) = (true, false, null);
        Changed?.Invoke();
        var result = await api.ListUsersAsync(search, null, cancellationToken);
        if (!cancellationToken.IsCancellationRequested)
        {
            users.Clear();
            IsSearching = false;
            Take(result);
        }
    }

    /// <summary>The next page, if there is one and none is under way.</summary>
    public async Task LoadMoreAsync()
    {
        if (continuation is null || IsSearching || IsLoadingMore)
        {
            return;
        }

        var cancellationToken = Begin();
        (IsLoadingMore, Problem) = (true, null);
        Changed?.Invoke();
        var result = await api.ListUsersAsync(Search ?? "", continuation, cancellationToken);
        if (!cancellationToken.IsCancellationRequested)
        {
            IsLoadingMore = false;
            Take(result);
        }
    }

    public void Dispose() => reading?.Dispose();

    private void Take(ApiResult<UserList> result)
    {
        Problem = result.Problem;
        if (result.Value is { } page)
        {
            hasPages = true;
            users.AddRange(page.Users);
            continuation = page.Continuation;
        }
        else if (users.Count == 0)
        {
            continuation = null;
        }

        Changed?.Invoke();
    }

    private CancellationToken Begin()
    {
        reading?.Cancel();
        reading?.Dispose();
        reading = new CancellationTokenSource();
        return reading.Token;
    }
}
