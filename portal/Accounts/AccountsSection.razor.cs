using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Accounts;

/// <summary>The user's accounts by application; there may be thousands, so they come in pages, and can be searched.</summary>
public sealed partial class AccountsSection
{
    /// <summary>Applications with more accounts than this begin closed; so many accounts need no search.</summary>
    private const int OpenUpTo = 6;

    private readonly List<AccountDetails> further = [];
    private readonly HashSet<string> removed = [];
    private readonly Dictionary<string, string> known = [];
    private readonly ChosenAccounts chosen = new();
    private IReadOnlyList<AccountDetails>? removingChosen;
    private KeptAccountRemoval? resumed;
    private KeptAccountRemoval? seen;
    private CreateAccountRequest? resumedAccount;
    private CreateAccountRequest? seenAccount;
    private IReadOnlyList<AccountDetails> accounts = [];
    private AccountDetails? asked;
    private AccountDetails? removing;
    private string? userId;
    private string? continuation;
    private string search = "";
    private string applicationId = "";
    private (string Search, string ApplicationId) filter = ("", "");
    private ApiProblem? problem;
    private bool isAdding;
    private bool isLoading;
    private int unreadable;

    /// <summary>The user, with the first page of accounts.</summary>
    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    /// <summary>An account was added or removed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>The removal of the accounts in an application was accepted.</summary>
    [Parameter]
    public EventCallback<OperationDetails> OnAccepted { get; set; }

    /// <summary>What was typed when accounts were about to be removed and the session ended; null for nothing.</summary>
    [Parameter]
    public KeptAccountRemoval? Kept { get; set; }

    /// <summary>The account that was about to be added when the session ended; null for none.</summary>
    [Parameter]
    public CreateAccountRequest? KeptAccount { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    private string Chosen => chosen.Say(accounts);

    private bool IsFiltered => filter != ("", "");

    private int Unreadable => IsFiltered ? unreadable : User.Accounts.Unreadable + unreadable;

    private bool AreAllReset => accounts.All(account => account.Did is null);

    private IEnumerable<IGrouping<string, AccountDetails>> Applications => accounts
        .GroupBy(account => account.ApplicationId)
        .OrderBy(group => group.First().ApplicationName, StringComparer.OrdinalIgnoreCase);

    protected override void OnParametersSet()
    {
        if (userId != User.UserId)
        {
            (userId, search, applicationId) = (User.UserId, "", "");
            known.Clear();
            chosen.Clear();
            Begin();
        }

        if (!ReferenceEquals(seen, Kept))
        {
            seen = Kept;
            Resume();
        }

        if (!ReferenceEquals(seenAccount, KeptAccount))
        {
            seenAccount = KeptAccount;
            resumedAccount = Administrator.ManagesApplications && User.State != UserState.Left ? KeptAccount : null;
            isAdding = resumedAccount is not null;
        }

        if (!IsFiltered && further.Count == 0)
        {
            continuation = User.Accounts.Continuation;
        }

        Show();
    }

    /// <summary>Goes on with a removal whose confirmation the end of the session stopped.</summary>
    private void Resume()
    {
        (resumed, removing, removingChosen) = (Kept, Kept?.Application, Kept?.Accounts);
        foreach (var account in Kept?.Accounts ?? [])
        {
            chosen.Set(account, isChosen: true);
        }
    }

    private async Task FilterAsync()
    {
        filter = (search.Trim(), applicationId);
        Begin();
        if (IsFiltered)
        {
            await ReadAsync(from: null);
        }
    }

    private void Begin()
    {
        filter = (search.Trim(), applicationId);
        (unreadable, problem, continuation) = (0, null, IsFiltered ? null : User.Accounts.Continuation);
        further.Clear();
        Show();
    }

    private Task LoadMoreAsync() => ReadAsync(continuation);

    private async Task ReadAsync(string? from)
    {
        if (isLoading)
        {
            return;
        }

        var asking = filter;
        (isLoading, problem) = (true, null);
        var result = await PageReading.ReadAsync(
            next => Api.FindAccountsAsync(User.UserId, asking.Search, asking.ApplicationId, next, CancellationToken.None),
            page => (page.Accounts, page.Continuation, page.Unreadable),
            from);
        isLoading = false;
        if (asking != filter)
        {
            await (IsFiltered ? ReadAsync(from: null) : Task.CompletedTask);
            return;
        }

        problem = result.Problem;
        if (result.Value is { } read)
        {
            if (read.IsFromStart)
            {
                further.Clear();
            }

            unreadable = read.Unreadable + (!read.IsFromStart ? unreadable : IsFiltered ? 0 : -User.Accounts.Unreadable);
            further.AddRange(read.Items);
            continuation = read.Continuation;
            Show();
        }
    }

    private async Task RemovedAsync(AccountDetails account)
    {
        removed.Add(account.AccountId);
        Show();
        await OnChanged.InvokeAsync();
    }

    /// <summary>The button that had the focus goes: the heading of the section is the nearest that stays.</summary>
    private async Task ChooseNoneAsync()
    {
        chosen.Clear();
        await Page.FocusAsync("#accounts-title");
    }

    /// <summary>From the answer on, they are closed.</summary>
    private async Task ChosenRemovedAsync(OperationDetails operation)
    {
        removed.UnionWith((removingChosen ?? []).Select(account => account.AccountId));
        removingChosen = null;
        Show();
        await OnAccepted.InvokeAsync(operation);
    }

    private void Show()
    {
        var first = IsFiltered ? [] : User.Accounts.Accounts;
        accounts = [.. first.Concat(further).Where(account => !removed.Contains(account.AccountId)).DistinctBy(account => account.AccountId)];
        chosen.Forget(removed);
        foreach (var account in accounts)
        {
            known[account.ApplicationId] = account.ApplicationName;
        }
    }
}
