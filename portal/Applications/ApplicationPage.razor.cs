using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Applications;

/// <summary>One application, and the accounts in it.</summary>
public sealed partial class ApplicationPage : IDisposable
{
    private readonly Leaving leaving = new();
    private PagedList<ApplicationAccountList, ApplicationAccount> accounts = null!;
    private ApplicationDetails? application;
    private ApiProblem? problem;
    private CreateApplicationRequest? kept;
    private Asked asked;
    private string? shown;

    private enum Asked
    {
        Nothing,
        Edit,
        State,
    }

    /// <summary>The application's id.</summary>
    [Parameter]
    public string ApplicationId { get; set; } = "";

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    public void Dispose()
    {
        leaving.Dispose();
        accounts.Dispose();
    }

    protected override void OnInitialized() => accounts = new(
        (next, cancellationToken) => Api.ListApplicationAccountsAsync(ApplicationId, next, cancellationToken),
        page => (page.Accounts, page.Continuation, page.Unreadable),
        account => account.AccountId,
        Time);

    protected override async Task OnParametersSetAsync()
    {
        if (shown != ApplicationId)
        {
            (shown, application) = (ApplicationId, null);
            accounts.Clear();
            await LoadAsync();
            await ResumeAsync();
        }
    }

    /// <summary>Goes on with a change whose answer was that the session ended.</summary>
    private async Task ResumeAsync()
    {
        if (application is not null && Administrator.ManagesApplications
            && await KeptDraft.TakeAsync(Page, Administrator.Id, ApplicationId) is { } draft)
        {
            kept = draft.In(ApplicationDialog.Dialog, PortalJson.Default.CreateApplicationRequest);
            asked = kept is null ? asked : Asked.Edit;
        }
    }

    private async Task LoadAsync()
    {
        problem = null;
        var result = await Api.ReadApplicationAsync(ApplicationId, leaving.Token);
        (application, problem) = (result.Value ?? application, result.Problem);
        if (application is not null && !accounts.HasItems)
        {
            await accounts.ReadAsync();
        }
    }

    private void Show(ApplicationDetails saved) => application = saved;

    private void Close() => (asked, kept) = (Asked.Nothing, null);
}
