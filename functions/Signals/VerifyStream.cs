using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver asks for a verification event, to see that the stream works (Shared Signals Framework 1.0, section 8.1.4.2).</summary>
internal sealed class VerifyStream(
    IdentityStore identities, StreamWrites writes, EventFactory factory, SignalDispatch dispatch, IOptions<SignalOptions> options, TimeProvider time)
{
    private const int LongestState = 1_000;

    /// <inheritdoc cref="VerifyStream"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(VerifyStream))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(
        ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType,
        ProblemCodes.TooManyRequests)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ssf/{tenantId}/verification")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken)
    {
        var body = await ReceiverBodies.ReadAsync(context, cancellationToken);
        var (streamId, state) = (body.StreamId(), body.Text("state", LongestState));
        var now = time.GetUtcNow();
        StreamDocument? verified = null;
        var answer = await writes.ChangeAsync(
            tenantId,
            receiver,
            streamId,
            action: null,
            stream => (Refuse(context, stream, now), stream with { VerifiedAt = now }),
            stream =>
            {
                verified = stream;
                return TypedResults.NoContent();
            },
            cancellationToken);
        if (verified is null || answer is not NoContent)
        {
            return answer;
        }

        var verification = factory.Verification(verified, state, now);
        await identities.Begin(verification.Key).Create(verification).CommitAsync(cancellationToken);
        if (verified.IsPushed)
        {
            await dispatch.TryAsync(verified, EventDeliveryMessage.StreamItself, verification.EventId);
        }

        return answer;
    }

    private IResult? Refuse(HttpContext context, StreamDocument stream, DateTimeOffset now)
    {
        if (stream.Status != EventStreamStatus.Enabled)
        {
            return Problems.InvalidRequest("stream_id", "is a stream that is not enabled");
        }

        // The clock of another instance may be ahead.
        if (stream.VerifiedAt is not { } last || last == now || last.AddSeconds(options.Value.MinVerificationSeconds) <= now)
        {
            return null;
        }

        var wait = Math.Min((last.AddSeconds(options.Value.MinVerificationSeconds) - now).TotalSeconds, options.Value.MinVerificationSeconds);
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait)).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(
            ProblemCodes.TooManyRequests, $"Ask for one verification event in {options.Value.MinVerificationSeconds} seconds (min_verification_interval).");
    }
}
