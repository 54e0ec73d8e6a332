using System.Globalization;
using System.Security.Cryptography;
using BlokSec.Contracts;
using BlokSec.Functions.Applications;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Security;
using BlokSec.Functions.SignIns;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>An application asks that a user approves a sign-in on the phone.</summary>
internal sealed partial class RequestAuthentication(
    IdentityStore identities,
    QueueSender queues,
    LoginHints hints,
    AskedUsers users,
    AskingApplications applications,
    SignInGuard guard,
    SignInSecrets secrets,
    IOptions<SignInOptions> options,
    TimeProvider time,
    ILogger<RequestAuthentication> logger)
{
    /// <summary>Expired requests whose end one request writes down.</summary>
    private const int MostSettled = 50;

    /// <summary>How long a request is kept that names nobody: names can be made up without end.</summary>
    private const int SecondsOfNobody = 3_600;

    private static readonly AuditActor Actor = AuditActor.System(nameof(RequestAuthentication));

    /// <inheritdoc cref="RequestAuthentication"/>
    /// <param name="context">The call.</param>
    /// <param name="request">Who signs in, and from where.</param>
    /// <param name="application">Who asks; users without an account there do not exist for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RequestAuthentication))]
    [Authorize(ApplicationPolicies.AuthenticationRequest)]
    [ProducesResponseType<AuthenticationRequestAcknowledgement>(StatusCodes.Status202Accepted)]
    [Refuses(ProblemCodes.ApplicationDisabled, ProblemCodes.SignInRefused, ProblemCodes.RequestsHeldBack, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "authentication-requests")] HttpContext context,
        AuthenticationRequest request,
        CallingApplication application,
        CancellationToken cancellationToken)
    {
        var asking = await applications.OfAsync(application, cancellationToken);
        if (!asking.MayAsk)
        {
            return Problems.Of(ProblemCodes.ApplicationDisabled, "This application is disabled or asks with another client id. An administrator can help.");
        }

        FoundHint found;
        do
        {
            found = await hints.FindAsync(asking, request.LoginHint, cancellationToken);
            if (await AskAsync(found, request, asking, cancellationToken) is { } answer)
            {
                return answer;
            }

            hints.Forget(asking, request.LoginHint);
        }
        while (found.IsRemembered);
        return await AskAsync(new FoundHint(LoginHints.KeyOfNobody(asking, request.LoginHint)), request, asking, cancellationToken)
            ?? throw new InvalidOperationException("A hint that names nobody needs no account.");
    }

    /// <summary>Makes the request; null when the user has no account in the application, or may be somebody else by now.</summary>
    private async Task<IResult?> AskAsync(
        FoundHint found, AuthenticationRequest request, AskingApplication application, CancellationToken cancellationToken)
    {
        var requestId = Guid.NewGuid().ToString("N");
        var result = await identities.UpdateAsync(
            found.Key,
            stop => users.ReadAsync(found.Key, request.LoginHint, application, stop),
            (user, attempt) => Decide(found, user, attempt.Batch, requestId, request, application),
            cancellationToken);
        return result switch
        {
            { Status: UpdateStatus.Contended } => Problems.TooManyConflicts(),
            { Value.Document: { } document } => Acknowledge(application, document, await PushAsync(document, cancellationToken)),
            { Value: var value } => value?.Refusal,
        };
    }

    /// <summary>The push is not worth a refusal: without it the request waits for the app to be opened, which the application is told.</summary>
    private async Task<SignInPush> PushAsync(AuthenticationRequestDocument document, CancellationToken cancellationToken)
    {
        if (document.DeviceId is not { } deviceId)
        {
            return SignInPush.NotPossible;
        }

        try
        {
            var message = new SignInPushMessage
            {
                TenantId = document.TenantId,
                UserId = document.UserId,
                RequestId = document.RequestId,
                DeviceId = deviceId,
            };
            await queues.SendAsync(Queues.SignInPushes, message, due: null, cancellationToken);
            return SignInPush.Queued;
        }
        catch (QueueUnavailableException exception)
        {
            Log.NotQueued(logger, exception, document.RequestId);
            return SignInPush.NotPossible;
        }
    }

    private Asked? Decide(
        FoundHint found, AskedUser asked, PartitionBatch batch, string requestId, AuthenticationRequest request, AskingApplication application)
    {
        var (key, (snapshot, account)) = (found.Key, asked);
        if (snapshot.AuthenticationRequest(requestId) is { } written)
        {
            // By the first attempt of this very call, whose answer was lost on its way from the database.
            return new Asked(Refusal: null, written);
        }

        if (!LoginHints.IsOfNobody(key) && account is null)
        {
            return asked.IsRemoved && !found.IsRemembered
                ? new Asked(Problems.Of(ProblemCodes.SignInRefused, "This account was removed. An administrator can add it again."))
                : null;
        }

        if (snapshot.User is { DidState: not DidState.Active } or { IsBarred: true })
        {
            return new Asked(Problems.Of(
                ProblemCodes.SignInRefused, "This user has no identity to sign in with, or is suspended. An administrator can help."));
        }

        var now = time.GetUtcNow();
        var known = snapshot.SignInGuard ?? new SignInGuardDocument { Id = SignInGuardDocument.DocumentId, TenantId = key.TenantId, UserId = key.UserId };
        if (guard.HeldUntil(known, now) is { } until)
        {
            HoldBack(key, snapshot, batch, known, until, now);
            return new Asked(new HeldBack(until - now));
        }

        var replaced = snapshot.AuthenticationRequests.FindAll(other =>
            other.WaitsAt(now) && other.ApplicationId == application.ApplicationId && other.AccountId == account?.AccountId);
        if (snapshot.AuthenticationRequests.Count(other => other.WaitsAt(now)) - replaced.Count >= options.Value.MaxPending)
        {
            return new Asked(new HeldBack(snapshot.AuthenticationRequests.Where(other => other.WaitsAt(now)).Min(other => other.ExpiresAt!.Value) - now));
        }

        var document = Document(key, snapshot, account, requestId, request, application, now);
        foreach (var other in replaced)
        {
            WaitingSignIns.End(batch, other.Id, now);
            known = SignInGuard.Ended(known, other.RequestId, now);
        }

        foreach (var expired in snapshot.AuthenticationRequests.Where(other => !other.WaitsAt(now)).Take(MostSettled))
        {
            batch.Patch(expired.Id, AuthenticationRequestDocument.IsPending, PatchOperation.Set("/status", AuthenticationRequestStatus.Expired));
        }

        known = guard.Asked(known, document.RequestId, now, document.ExpiresAt!.Value);
        batch.Write(known).Create(document);
        return new Asked(Refusal: null, document);
    }

    /// <summary>The first request that is held back is an alert, and nothing but that is written.</summary>
    private static void HoldBack(
        UserKey key, PartitionSnapshot snapshot, PartitionBatch batch, SignInGuardDocument known, DateTimeOffset until, DateTimeOffset now)
    {
        if (known.HeldUntil is null)
        {
            batch.Write(known with { HeldUntil = until });
            if (snapshot.User is not null)
            {
                batch.Raise(key.Entry(now, Actor, AuditActions.SignInsHeldBack, [.. known.Unanswered.Select(request => request.RequestId)]), snapshot);
                Measures.SecurityEvent("sign-ins-held-back");
            }
        }
    }

    private AuthenticationRequestDocument Document(
        UserKey key,
        PartitionSnapshot snapshot,
        AccountDocument? account,
        string requestId,
        AuthenticationRequest request,
        AskingApplication application,
        DateTimeOffset now) => new()
        {
            Id = AuthenticationRequestDocument.IdOf(requestId),
            TenantId = key.TenantId,
            UserId = key.UserId,
            RequestId = requestId,
            ApplicationId = application.ApplicationId,
            ApplicationName = application.Name ?? account?.ApplicationName ?? application.ApplicationId,
            ClientId = application.Caller.ClientId,
            AccountId = account?.AccountId,
            AccountName = account?.AccountName,
            Method = "Push",
            Status = AuthenticationRequestStatus.Pending,
            BindingMessage = request.BindingMessage,
            IpAddress = request.IpAddress,
            Country = request.Country,
            City = request.City,
            UserAgent = request.UserAgent,
            Digits = options.Value.Digits,
            NumberKeyId = secrets.CurrentKeyId,
            Challenge = StrictBase64Url.Encode(RandomNumberGenerator.GetBytes(16)),
            IssuedAt = now,
            ExpiresAt = now.AddSeconds(request.RequestedExpiry ?? AuthenticationRequest.DefaultExpiry),
            DeviceId = Reachable(snapshot, now)?.DeviceId,
            PushReason = Reachable(snapshot, now) is null ? "No phone could be reached by push." : null,
            Ttl = account is null ? SecondsOfNobody : AuthenticationRequestDocument.RetentionSeconds,
        };

    /// <summary>The active device, when a push can reach it.</summary>
    private static DeviceDocument? Reachable(PartitionSnapshot snapshot, DateTimeOffset now) =>
        snapshot.User?.ActiveDeviceId is { } active && snapshot.Device(active) is { } device && device.CanBePushedAt(now) ? device : null;

    private IResult Acknowledge(AskingApplication application, AuthenticationRequestDocument document, SignInPush push) => TypedResults.Json(
        new AuthenticationRequestAcknowledgement(
            secrets.Seal(application.Caller, document.UserId, document.RequestId),
            (int)(document.ExpiresAt!.Value - document.IssuedAt).TotalSeconds,
            options.Value.PollInterval,
            secrets.Number(document.NumberKeyId, document.TenantId, document.RequestId, document.Digits)!,
            push),
        statusCode: StatusCodes.Status202Accepted);

    /// <summary>How a request was decided.</summary>
    /// <param name="Refusal">Why there is none; null when there is one.</param>
    /// <param name="Document">The request.</param>
    private sealed record Asked(IResult? Refusal, AuthenticationRequestDocument? Document = null);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The push of sign-in request {RequestId} could not be queued; it waits for the app to be opened.")]
        public static partial void NotQueued(ILogger logger, Exception exception, string requestId);
    }

    private sealed class HeldBack(TimeSpan wait) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return Problems.Of(
                    ProblemCodes.RequestsHeldBack,
                    "Too many requests for this user wait, or were not accepted. Nothing was sent; try again after the time in Retry-After.")
                .ExecuteAsync(httpContext);
        }
    }
}
