using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Local.Demo;

namespace BlokSec.Local.DemoApp;

/// <summary>One try to sign in: asks, and polls for the outcome. The server may let a poll wait for it; else they come as often as it allows.</summary>
internal sealed class Attempt(ApplicationClient client, AssertionVerifier verifier, TimeProvider time, string name) : IAsyncDisposable
{
    private const int LongestWait = 30;

    // What slow_down adds to the interval (CIBA Core 1.0, section 11)
    private static readonly TimeSpan SlowDown = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stopping = new();
    private readonly DateTimeOffset startedAt = time.GetUtcNow();
    private AttemptView view = new(AttemptState.Pending) { Name = name };
    private Task polling = Task.CompletedTask;

    /// <summary>Where it stands.</summary>
    public AttemptView View => Volatile.Read(ref view);

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Asks for the sign-in. From then on it polls by itself.</summary>
    public async Task StartAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.AskRawAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode
                && await response.Content.ReadFromJsonAsync<AuthenticationRequestAcknowledgement>(AdminClient.Json, cancellationToken) is { } acknowledged)
            {
                var expiresAt = time.GetUtcNow().AddSeconds(acknowledged.ExpiresIn);
                Become(View with { Number = acknowledged.Number, ExpiresAt = expiresAt, Push = acknowledged.Push });
                polling = PollAsync(acknowledged, expiresAt, stopping.Token);
            }
            else
            {
                await RefusedAsync(response, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            Fail($"BlokSec did not answer: {exception.Message}");
        }
    }

    /// <summary>Ends the session of a user, if this is one.</summary>
    public void SignOut(string userId, string why)
    {
        if (View is { State: AttemptState.SignedIn, SignIn: { } signIn } && signIn.User == userId)
        {
            Become(new AttemptView(AttemptState.SignedOut) { Name = name, Detail = why });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await ProblemAsync(response, cancellationToken);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Become(new AttemptView(AttemptState.HeldBack) { Name = name, RetryAt = time.GetUtcNow() + (RetryAfter(response) ?? LongestPause) });
        }
        else if (response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (HttpStatusCode.Unauthorized or HttpStatusCode.NotFound))
        {
            Become(new AttemptView(AttemptState.Refused) { Name = name, Detail = problem });
        }
        else
        {
            Fail($"BlokSec answered {(int)response.StatusCode}: {problem}");
        }
    }

    private async Task PollAsync(AuthenticationRequestAcknowledgement acknowledged, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(acknowledged.Interval);
        var waits = true;
        while (View.State == AttemptState.Pending)
        {
            // The first poll may come at once, and so may one after a poll that waited.
            await Task.Delay(waits ? TimeSpan.Zero : pause, time, cancellationToken);
            waits = false;
            try
            {
                using var response = await client.PollRawAsync(acknowledged.AuthenticationRequestId, LongestWait, cancellationToken);
                waits = response.IsSuccessStatusCode && response.Headers.Contains("Preference-Applied");
                if (response.IsSuccessStatusCode)
                {
                    await TakeAsync((await response.Content.ReadFromJsonAsync<AuthenticationOutcome>(AdminClient.Json, cancellationToken))!, cancellationToken);
                }
                else if (response.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    pause = Longer(pause + SlowDown, RetryAfter(response) ?? TimeSpan.Zero);
                }
                else if (response.StatusCode >= HttpStatusCode.InternalServerError)
                {
                    pause = Shorter(pause * 2, LongestPause);
                }
                else
                {
                    Fail($"BlokSec answered {(int)response.StatusCode}: {await ProblemAsync(response, cancellationToken)}");
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException)
            {
                // Whether it was answered is not known; the next poll may tell.
                pause = Shorter(pause * 2, LongestPause);
            }

            if (View.State == AttemptState.Pending && time.GetUtcNow() > expiresAt + LongestPause)
            {
                Become(new AttemptView(AttemptState.Expired) { Name = name });
            }
        }
    }

    private async Task TakeAsync(AuthenticationOutcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case { Status: AuthenticationRequestStatus.Accepted, Assertion: { } assertion }:
                var verification = await verifier.VerifyAsync(assertion, View.Number!, startedAt, cancellationToken);
                Become(verification.SignIn is { } signIn
                    ? new AttemptView(AttemptState.SignedIn) { Name = name, SignIn = signIn, Assertion = assertion }
                    : new AttemptView(AttemptState.Failed) { Name = name, Detail = $"The answer could not be verified. {verification.Fault}" });
                break;
            case { Status: AuthenticationRequestStatus.Denied }:
                Become(new AttemptView(outcome.Reason switch
                {
                    DenialReason.NotMe => AttemptState.NotMe,
                    DenialReason.WrongNumber => AttemptState.WrongNumber,
                    _ => AttemptState.Cancelled,
                })
                { Name = name });
                break;
            case { Status: AuthenticationRequestStatus.Expired }:
                Become(new AttemptView(AttemptState.Expired) { Name = name });
                break;
            case { Status: AuthenticationRequestStatus.Superseded }:
                Become(new AttemptView(AttemptState.Superseded) { Name = name });
                break;
            default:
                break;
        }
    }

    private void Fail(string why) => Become(new AttemptView(AttemptState.Failed) { Name = name, Detail = why });

    private void Become(AttemptView next) => Volatile.Write(ref view, next);

    private static async Task<string> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return problem.TryGetProperty("detail", out var detail) ? detail.ToString() : problem.TryGetProperty("title", out var title) ? title.ToString() : "";
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            return "";
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
