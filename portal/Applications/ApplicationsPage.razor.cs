using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Applications;

/// <summary>The applications of the tenant.</summary>
public sealed partial class ApplicationsPage : IDisposable
{
    private readonly Leaving leaving = new();
    private IReadOnlyList<ApplicationDetails>? applications;
    private ApiProblem? problem;
    private bool isRegistering;
    private string search = "";
    private int unreadable;

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private IReadOnlyList<ApplicationDetails> Shown =>
        [.. (applications ?? []).Where(application => ApplicationWords.Matches(application, search))];

    public void Dispose() => leaving.Dispose();

    protected override Task OnInitializedAsync() => LoadAsync();

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
