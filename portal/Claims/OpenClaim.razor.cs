using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Claims;

/// <summary>A claim that can be redeemed: QR code, link, and how long it still works.</summary>
public sealed partial class OpenClaim : IAsyncDisposable
{
    private string? drawn;
    private string? image;
    private string? left;
    private ApiProblem? problem;
    private string said = "";

    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    [Parameter, EditorRequired]
    public ClaimDetails Claim { get; set; } = null!;

    [Parameter]
    public EventCallback OnRenew { get; set; }

    /// <summary>It has expired.</summary>
    [Parameter]
    public EventCallback OnOver { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal Moments Moments { get; set; } = null!;

    [Inject]
    internal Ticker Ticker { get; set; } = null!;

    public async ValueTask DisposeAsync()
    {
        Ticker.Ticked -= OnTicked;
        await ForgetAsync();
    }

    protected override void OnInitialized() => Ticker.Ticked += OnTicked;

    protected override async Task OnParametersSetAsync()
    {
        left = Moments.Left(Claim.ExpiresAt);
        if (drawn != Claim.ClaimId && Claim.Link is not null)
        {
            drawn = Claim.ClaimId;
            said = "";
            await DrawAsync();
        }
    }

    private async Task DrawAsync()
    {
        await ForgetAsync();
        problem = null;
        var result = await Api.ReadClaimQrAsync(User.UserId, CancellationToken.None);
        problem = result.Problem;
        if (result.Value is { } svg)
        {
            image = await Page.ImageAddressAsync(svg);
        }
    }

    /// <summary>Asks why the link is not shown, which tells how to sign in.</summary>
    private async Task SignInAsync() =>
        Navigation.SignInAgain((await Api.ReadClaimQrAsync(User.UserId, CancellationToken.None)).Problem);

    private async Task ForgetAsync()
    {
        if (image is { } address)
        {
            image = null;
            await Page.ForgetImageAsync(address);
        }
    }

    private async Task CopyAsync(string link) =>
        said = await Page.CopyAsync(link) ? "Link copied." : "The browser did not allow it: select the link and copy it yourself.";

    private void OnTicked()
    {
        if (Moments.Left(Claim.ExpiresAt) is var now && now != left)
        {
            left = now;
            _ = InvokeAsync(async () =>
            {
                StateHasChanged();
                if (now is null)
                {
                    await OnOver.InvokeAsync();
                }
            });
        }
    }
}
