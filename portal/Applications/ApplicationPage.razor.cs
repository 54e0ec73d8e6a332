using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Applications;

/// <summary>One application, and the accounts in it.</summary>
public sealed partial class ApplicationPage : IDisposable
{
    private readonly CancellationTokenSource leaving = new();
    private readonly List<ApplicationAccount> accounts = [];
    private ApplicationDetails? application;
    private ApiProblem? problem;
    private ApiProblem? accountsProblem;
    private Asked asked;
    private string? continuation;
    private string? shown;
    private bool isLoading;
    private int unreadable;

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

    public void Dispose()
    {
        leaving.Cancel();
        leaving.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (shown != ApplicationId)
        {
            (shown, application, continuation, unreadable) = (ApplicationId, null, null, 0);
            accounts.Clear();
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        problem = null;
        var result = await Api.ReadApplicationAsync(ApplicationId, leaving.Token);
        (application, problem) = (result.Value ?? application, result.Problem);
        if (application is not null && accounts.Count == 0)
        {
            await LoadAccountsAsync();
        }
    }

    private async Task LoadAccountsAsync()
    {
        if (isLoading)
        {
            return;
        }

        (isLoading, accountsProblem) = (true, null);
        var result = await PageReading.ReadAsync(
            next => Api.ListApplicationAccountsAsync(ApplicationId, next, leaving.Token), page => (page.Accounts, page.Continuation, page.Unreadable), continuation);
        isLoading = false;
        accountsProblem = result.Problem;
        if (result.Value is { } read)
        {
            if (read.IsFromStart)
            {
                accounts.Clear();
                unreadable = 0;
            }

            accounts.AddRange(read.Items);
            unreadable += read.Unreadable;
            continuation = read.Continuation;
        }
    }

    private void Show(ApplicationDetails saved) => application = saved;

    private void Close() => asked = Asked.Nothing;
}
