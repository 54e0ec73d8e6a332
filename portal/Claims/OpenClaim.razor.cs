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
    /// <summary>How often a claim on the screen is prolonged: several times within the shortest life that a tenant can choose, 5 minutes.</summary>
    private static readonly TimeSpan BetweenProlongations = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(20);

    private ClaimDetails? latest;
    private ClaimDetails? seen;
    private DateTimeOffset prolongAt;
    private ApiProblem? stopped;
    private bool isSending;
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

    /// <summary>What was chosen in the form of the identity check before the session ended; null for nothing.</summary>
    [Parameter]
    public IdentityCheckRequest? Kept { get; set; }

    /// <summary>It changed or is over: read the user again.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

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

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    /// <summary>The claim as it was told last: by the user's page, or in answer to what was done here.</summary>
    private ClaimDetails Shown => latest ?? Claim;

    public async ValueTask DisposeAsync()
    {
        Ticker.Ticked -= OnTicked;
        await ForgetAsync();
    }

    protected override void OnInitialized() => Ticker.Ticked += OnTicked;

    protected override async Task OnParametersSetAsync()
    {
        if (!ReferenceEquals(seen, Claim))
        {
            (seen, latest) = (Claim, null);
        }

        left = Moments.Left(Shown.ExpiresAt);
        if (drawn != Claim.ClaimId && Claim.Link is not null)
        {
            drawn = Claim.ClaimId;
            (said, stopped) = ("", null);
            await DrawAsync();
        }
    }

    /// <summary>Tells that it is shown, which limits its life to that of the screen, then shows it.</summary>
    private async Task DrawAsync()
    {
        await ForgetAsync();
        problem = Shown.Channel == ClaimChannel.Sent ? null : await ProlongAsync();
        if (problem is not null)
        {
            return;
        }

        var result = await Api.ReadClaimQrAsync(User.UserId, CancellationToken.None);
        problem = result.Problem;
        if (result.Value is { } svg)
        {
            image = await Page.ImageAddressAsync(svg);
        }
    }

    private async Task<ApiProblem?> ProlongAsync()
    {
        var isFirst = Shown.Channel is null;
        prolongAt = Time.GetUtcNow() + BetweenProlongations;
        var result = await Api.ProlongClaimAsync(User.UserId, new ClaimChannelRequest { ClaimId = Claim.ClaimId }, CancellationToken.None);
        Take(result.Value);
        if (isFirst || result.Problem is { IsPassing: false })
        {
            await OnChanged.InvokeAsync();
        }

        return result.Problem;
    }

    private async Task ProlongAgainAsync()
    {
        stopped = null;
        var refused = await ProlongAsync();
        if (refused is { IsPassing: true })
        {
            prolongAt = Time.GetUtcNow() + BetweenTries;
        }
        else
        {
            stopped = refused;
        }

        StateHasChanged();
    }

    private void Take(ClaimDetails? answer)
    {
        latest = answer ?? latest;
        left = Moments.Left(Shown.ExpiresAt);
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

    private async Task CopyAsync()
    {
        if (await SendAsync() is { } link)
        {
            said = await Page.CopyAsync(link)
                ? $"Link copied. It works until {Moments.Minute(Shown.ExpiresAt)}."
                : "The browser did not allow it: select the link and copy it yourself.";
        }
    }

    private async Task PrintAsync()
    {
        if (await SendAsync() is not null)
        {
            // The sheet says until when it works.
            StateHasChanged();
            await Page.PrintAsync("claim");
        }
    }

    /// <summary>Gives the claim the life of one that leaves the screen. The link, or null when it did not become one.</summary>
    private async Task<string?> SendAsync()
    {
        if (Shown.Channel == ClaimChannel.Sent || isSending)
        {
            return isSending ? null : Shown.Link;
        }

        (isSending, stopped) = (true, null);
        var result = await Api.SendClaimAsync(User.UserId, new ClaimChannelRequest { ClaimId = Claim.ClaimId }, CancellationToken.None);
        (isSending, stopped) = (false, result.Problem);
        Take(result.Value);
        await OnChanged.InvokeAsync();
        return result.Value?.Link;
    }

    private void OnTicked()
    {
        var now = Moments.Left(Shown.ExpiresAt);
        if (now != left)
        {
            left = now;
            _ = InvokeAsync(async () =>
            {
                StateHasChanged();
                if (now is null)
                {
                    await OnChanged.InvokeAsync();
                }
            });
        }

        if (now is not null && image is not null && stopped is null && Page.IsVisible
            && Shown is { Channel: ClaimChannel.Screen, Link: not null } && Time.GetUtcNow() >= prolongAt)
        {
            prolongAt = Time.GetUtcNow() + BetweenProlongations;
            _ = InvokeAsync(ProlongAgainAsync);
        }
    }
}
