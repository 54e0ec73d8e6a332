using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Security;
using BlokSec.Portal.Users;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Accounts;

/// <summary>
/// Shows which accounts will be removed, then asks for the phrase, and only then does it. The same confirmed action has the same
/// Idempotency-Key however often it is sent.
/// </summary>
public sealed partial class AccountRemovalDialog : IDisposable
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private readonly Leaving closing = new();
    private Modal modal = null!;
    private DeparturePlanDetails? plan;
    private ApiProblem? problem;
    private (string? Reason, string Key)? sent;
    private KeptAccountRemoval? waiting;
    private string typed = "";
    private string reason = "";
    private bool isSending;
    private bool isStale;
    private bool isTold;
    private bool isLost;
    private string? focusNext;

    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    /// <summary>The application whose accounts are removed; null for all: the user leaves the organization.</summary>
    [Parameter]
    public AccountDetails? Application { get; set; }

    /// <summary>Single accounts that are removed; null for those of an application, or all.</summary>
    [Parameter]
    public IReadOnlyList<AccountDetails>? Accounts { get; set; }

    /// <summary>What was typed before the session ended; null when the dialog is opened for the first time.</summary>
    [Parameter]
    public KeptAccountRemoval? Kept { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Parameter]
    public EventCallback OnClosed { get; set; }

    /// <summary>It was accepted: from now on the accounts are closed.</summary>
    [Parameter]
    public EventCallback<OperationDetails> OnAccepted { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    private bool IsLeaving => Application is null && Accounts is null;

    private string Title => Accounts is { Count: var count }
        ? $"Remove {Plural.Of(count, "account")} of {UserWords.Isolated(User)}"
        : Application is null
        ? $"Remove all accounts of {UserWords.Isolated(User)}"
        : $"Remove the accounts of {UserWords.Isolated(User)} in {Outside.Isolate(Application.ApplicationName)}";

    private IReadOnlyList<PlannedApplication> Applications => plan is null ? []
        : Accounts is not null
        ? [.. Accounts.GroupBy(account => account.ApplicationId).Select(group => new PlannedApplication(group.Key, group.First().ApplicationName, group.Count()))]
        : Application is null ? plan.Applications
        : [.. plan.Applications.Where(application => application.ApplicationId == Application.ApplicationId)];

    private string? Difference => ConfirmationPhrase.Difference(typed, ConfirmationPhrases.RemoveAccounts);

    private string Hint => Difference is { } difference
        ? typed.Length > 0 || isTold ? difference : "Exactly as written, in lower case."
        : "That is the phrase.";

    private bool CanSend => !isSending && Difference is null && Applications.Count > 0;

    private string Action => isSending ? "Sending…" : isLost ? "Send it again" : "Remove accounts";

    private string? Lead => isLost
        ? "It is not known yet whether it was done. Send it again: it is carried out at most once."
        : plan is null ? null : "Nothing was done.";

    private EventCallback Retry => plan is null ? EventCallback.Factory.Create(this, LoadAsync) : default;

    public void Dispose() => closing.Dispose();

    protected override Task OnInitializedAsync()
    {
        if (Kept is { } kept)
        {
            (reason, waiting) = (kept.Reason, kept);
        }

        return LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focusNext is { } selector)
        {
            focusNext = null;
            await Page.FocusAsync(selector);
        }
    }

    private static string PendingSignIns(DeparturePlanDetails shown) => shown.PendingSignIns.Count == 0
        ? "No sign-in request is waiting for an answer."
        : $"{Plural.Of(shown.PendingSignIns.Count, "pending sign-in request")} of these accounts may end as superseded.";

    private static string Devices(DeparturePlanDetails shown) => shown.Devices == 0
        ? "No device is registered."
        : $"{Plural.Of(shown.Devices, "device")} {(shown.Devices == 1 ? "stays" : "stay")} registered, and {(shown.Devices == 1 ? "drops" : "drop")} the accounts at the next check-in.";

    private async Task LoadAsync()
    {
        var result = await Api.PlanDepartureAsync(User.UserId, closing.Token);
        (plan, problem) = (result.Value ?? plan, result.Problem);
        if (plan is not null && waiting is { } kept)
        {
            // The phrase counts only for the plan that it was typed for.
            (typed, waiting) = (plan.PlanHash == kept.PlanHash ? kept.Typed : "", null);
        }

        await KeepAsync();
    }

    /// <summary>Signing in again leaves the page: what was typed is there again afterwards.</summary>
    private Task KeepAsync() => problem is not { Kind: ProblemKind.SessionExpired } ? Task.CompletedTask : KeptDraft.Of(
        Administrator.Id,
        KeptAccountRemoval.Dialog,
        User.UserId,
        waiting ?? new KeptAccountRemoval(Application, Accounts, plan?.PlanHash, typed, reason),
        PortalJson.Default.KeptAccountRemoval).KeepAsync(Page);

    private async Task SubmitAsync()
    {
        isTold = Difference is not null;
        if (isTold)
        {
            focusNext = "#account-phrase";
        }
        else if (CanSend)
        {
            await SendAsync();
        }
    }

    private async Task SendAsync()
    {
        (isSending, problem, isStale) = (true, null, false);
        var result = await SendUntilAnsweredAsync(plan!.PlanHash);
        isSending = false;
        if (result.Value is { } operation)
        {
            await modal.CloseAsync();
            await OnAccepted.InvokeAsync(operation);
        }
        else if (result.Problem is { Code: ProblemCodes.PlanStale })
        {
            await LoadAsync();
            (isStale, typed, focusNext) = (true, "", "#stale-accounts");
        }
        else
        {
            (problem, focusNext) = (result.Problem, "#account-removal-answer");
            await KeepAsync();
        }
    }

    /// <summary>Leaving the page does not take back what was confirmed.</summary>
    private async Task<ApiResult<OperationDetails>> SendUntilAnsweredAsync(string planHash)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await SendOnceAsync(planHash);
            isLost = result.Problem is { IsPassing: true } or { Kind: ProblemKind.Fault };
            if (result.Problem is not { IsPassing: true } || attempt == Pauses.Length)
            {
                return result;
            }

            await Task.Delay(Pauses[attempt], Time);
        }
    }

    private Task<ApiResult<OperationDetails>> SendOnceAsync(string planHash)
    {
        var why = reason.Trim() is { Length: > 0 } text ? text : null;
        if (sent is not { } before || before.Reason != why)
        {
            sent = (why, Guid.NewGuid().ToString());
        }

        var key = sent.Value.Key;
        return IsLeaving
            ? Api.StartDepartureAsync(
                User.UserId, new StartDepartureRequest { Confirmation = typed, PlanHash = planHash, Reason = why }, key, CancellationToken.None)
            : Api.RemoveAccountsAsync(
                User.UserId, Removal(why), key, CancellationToken.None);
    }

    private RemoveAccountsRequest Removal(string? why) => new()
    {
        Confirmation = typed,
        ApplicationId = Application?.ApplicationId,
        AccountIds = Accounts is null ? null : [.. Accounts.Select(account => account.AccountId)],
        Reason = why,
    };
}
