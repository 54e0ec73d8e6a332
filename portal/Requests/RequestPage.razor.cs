using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Users;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Requests;

/// <summary>One sign-in request. It is read again while somebody may still answer, and not any more when it has ended.</summary>
public sealed partial class RequestPage : IDisposable
{
    private static readonly TimeSpan WhilePending = TimeSpan.FromSeconds(2);

    private CancellationTokenSource stopping = new();
    private Pause? pause;
    private (string UserId, string RequestId)? asked;
    private RequestFilter filter = new();
    private AuthenticationRequestRecord? record;
    private ApiProblem? problem;
    private DateTimeOffset? readAt;
    private bool isFocused;
    private int failures;

    /// <summary>The user's id inside the tenant.</summary>
    [Parameter]
    public string UserId { get; set; } = "";

    /// <summary>The request's id.</summary>
    [Parameter]
    public string RequestId { get; set; } = "";

    [SupplyParameterFromQuery]
    public int? Days { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public string? Reason { get; set; }

    [SupplyParameterFromQuery]
    public string? Application { get; set; }

    [SupplyParameterFromQuery]
    public string? Method { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal Ticker Ticker { get; set; } = null!;

    private bool IsPending => record is { Request.Status: AuthenticationRequestStatus.Pending };

    private IEnumerable<string> DeviceIds => new[] { record?.Device?.DeviceId, record?.AnsweringDevice?.DeviceId }.OfType<string>().Distinct();

    public void Dispose()
    {
        Ticker.Ticked -= OnTicked;
        stopping.Cancel();
        stopping.Dispose();
    }

    protected override void OnInitialized() => Ticker.Ticked += OnTicked;

    protected override void OnParametersSet()
    {
        filter = RequestFilter.Of(Days, From, To, Status, Reason, Application, Method);
        if (asked != (UserId, RequestId))
        {
            stopping.Cancel();
            stopping.Dispose();
            stopping = new CancellationTokenSource();
            (asked, record, problem, failures) = ((UserId, RequestId), null, null, 0);
            _ = RunAsync(stopping.Token);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if ((record is not null || problem is not null) && !isFocused)
        {
            isFocused = true;
            await Page.FocusHeadingAsync();
        }
    }

    private void Hurry() => pause?.End();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var between = pause = new Pause(Page, Time);
        try
        {
            while (true)
            {
                await ReadAsync(cancellationToken);
                await between.WaitAsync(
                    problem is not null ? PollRhythm.After(problem, failures) : IsPending ? WhilePending : Timeout.InfiniteTimeSpan, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var result = await Api.ReadAuthenticationRequestAsync(UserId, RequestId, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (problem, failures) = (result.Problem, result.Problem is null ? 0 : failures + 1);
        if (result.Value is { } read)
        {
            (record, readAt) = (read, Time.GetUtcNow());
        }

        await InvokeAsync(StateHasChanged);
    }

    /// <summary>What is left of its time counts down between two readings.</summary>
    private void OnTicked()
    {
        if (IsPending)
        {
            _ = InvokeAsync(StateHasChanged);
        }
    }
}
