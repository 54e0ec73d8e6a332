using BlokSec.Contracts;
using BlokSec.Portal.Api;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Accounts;

/// <summary>The user's accounts by application; there may be thousands, so they come in pages.</summary>
public sealed partial class AccountsSection
{
    /// <summary>Applications with more accounts than this begin closed.</summary>
    private const int OpenUpTo = 6;

    private readonly List<AccountDetails> further = [];
    private IReadOnlyList<AccountDetails> accounts = [];
    private string? userId;
    private string? continuation;
    private ApiProblem? problem;
    private bool isLoading;
    private int unreadable;

    /// <summary>The user, with the first page of accounts.</summary>
    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    private int Unreadable => User.Accounts.Unreadable + unreadable;

    private bool AreAllReset => accounts.All(account => account.Did is null);

    private IEnumerable<IGrouping<string, AccountDetails>> Applications => accounts
        .GroupBy(account => account.ApplicationId)
        .OrderBy(group => group.First().ApplicationName, StringComparer.OrdinalIgnoreCase);

    protected override void OnParametersSet()
    {
        if (userId != User.UserId)
        {
            (userId, unreadable) = (User.UserId, 0);
            further.Clear();
        }

        if (further.Count == 0)
        {
            continuation = User.Accounts.Continuation;
        }

        Show();
    }

    private async Task LoadMoreAsync()
    {
        if (isLoading || continuation is null)
        {
            return;
        }

        (isLoading, problem) = (true, null);
        var result = await PageReading.ReadAsync(
            next => Api.ListAccountsAsync(User.UserId, next, CancellationToken.None), page => (page.Accounts, page.Continuation, page.Unreadable), continuation);
        isLoading = false;
        problem = result.Problem;
        if (result.Value is { } read)
        {
            if (read.IsFromStart)
            {
                further.Clear();
            }

            unreadable = read.Unreadable + (read.IsFromStart ? -User.Accounts.Unreadable : unreadable);
            further.AddRange(read.Items);
            continuation = read.Continuation;
            Show();
        }
    }

    private void Show() => accounts = [.. User.Accounts.Accounts.Concat(further).DistinctBy(account => account.AccountId)];
}
