using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Applications;

/// <summary>The applications of the tenant.</summary>
public sealed partial class ApplicationsPage : IDisposable
{
    private readonly Leaving leaving = new();
    private IReadOnlyList<ApplicationDetails>? applications;
    private ApiProblem? problem;
    private CreateApplicationRequest? kept;
    private bool isRegistering;
    private string search = "";
    private int unreadable;

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    private IReadOnlyList<ApplicationDetails> Shown =>
        [.. (applications ?? []).Where(application => ApplicationWords.Matches(application, search))];

    public void Dispose() => leaving.Dispose();

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Administrator.ManagesApplications && await KeptDraft.TakeAsync(Page, Administrator.Id, about: "") is { } draft)
        {
            kept = draft.In(ApplicationDialog.Dialog, PortalJson.Default.CreateApplicationRequest);
            isRegistering = kept is not null;
            StateHasChanged();
        }
    }

    private async Task LoadAsync()
    {
        problem = null;
        var result = await ApplicationListing.ReadAsync(Api, leaving.Token);
        problem = result.Problem;
        if (result.Value is { } read)
        {
            (applications, unreadable) = (read.Items, read.Unreadable);
        }
    }

    private void Saved(ApplicationDetails application) => Navigation.NavigateTo($"applications/{Uri.EscapeDataString(application.ApplicationId)}");
}
