using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.Push;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Fcm;

/// <summary>
/// Firebase Cloud Messaging on loopback: the HTTP v1 API over HTTP/2 in clear text with prior knowledge, and on another port Google's
/// token endpoint and the same API over HTTP/1.1, which Google speaks too. It checks what Google checks and delivers to virtual
/// phones. Registration tokens and installation ids are one namespace here.
/// </summary>
internal sealed class FcmStandIn : IAsyncDisposable
{
    private const string TokenPath = "/token";

    // FCM keeps at most 100 messages for a phone that is offline.
    private const int Room = 100;

    private readonly ConcurrentQueue<DeliveredPush> accepted = new();
    private readonly FcmStandInOptions options;
    private readonly TimeProvider time;
    private readonly PhoneLines lines;
    private readonly FcmAccess access;
    private StandIn? messaging;
    private StandIn? token;
    private long messages;

    private FcmStandIn(FcmStandInOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        lines = new PhoneLines(time, Room);
        access = new FcmAccess(options, time);
    }

    /// <summary>Where the messaging API listens (HTTP/2).</summary>
    public Uri Address => messaging!.Address;

    /// <summary>The token endpoint (HTTP/1.1), the <c>token_uri</c> of the service account. Beside it the messaging API.</summary>
    public Uri TokenAddress => new(token!.Address, TokenPath);

    /// <summary>Every push that was accepted, oldest first.</summary>
    public IReadOnlyList<DeliveredPush> Accepted => [.. accepted];

    public static async Task<FcmStandIn> StartAsync(FcmStandInOptions options, Traffic traffic, TimeProvider time)
    {
        var fcm = new FcmStandIn(options, time);
        var profile = new FaultProfile("fcm", ["send", "token"], context => IsToken(context) ? "token" : "send", WriteFaultAsync, SearchableAsync);
        fcm.messaging = await StandIn.StartAsync(options.Port, HttpProtocols.Http2, _ => { }, app =>
        {
            app.UseMiddleware<FaultMiddleware>(traffic, profile);
            app.Run(fcm.SendAsync);
        }, options.Streams);
        fcm.token = await StandIn.StartAsync(options.TokenPort, HttpProtocols.Http1, _ => { }, app =>
        {
            app.UseMiddleware<FaultMiddleware>(traffic, profile);
            app.Run(context => IsToken(context) ? fcm.access.AnswerAsync(context, fcm.TokenAddress.AbsoluteUri) : fcm.SendAsync(context));
        });
        return fcm;
    }

    /// <summary>A phone got this registration token or installation id; every push to it is handed to <paramref name="deliver"/>, one after the other.</summary>
    public void Register(string handle, Func<DeliveredPush, Task> deliver) => lines.Register(handle, deliver);

    /// <summary>The app was deleted from the phone: from now on UNREGISTERED.</summary>
    public void Unregister(string handle, DateTimeOffset deletedAt) => lines.Unregister(handle, deletedAt);

    /// <summary>Takes a phone off the net, or back; what was kept for it is then delivered.</summary>
    public void SetOnline(string handle, bool online) => lines.SetOnline(handle, online);

    /// <summary>Makes every access token given out so far invalid.</summary>
    public void ForgetAccessTokens() => access.Forget();

    /// <summary>Completes when every push on its way has reached its phone.</summary>
    public Task DeliveredAsync() => lines.DeliveredAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in new[] { messaging, token })
        {
            if (listener is not null)
            {
                await listener.DisposeAsync();
            }
        }

        access.Dispose();
    }

    private async Task SendAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        JsonElement message = default;
        var handle = string.Empty;
        var refusal = Caller(context.Request) ?? FcmChecks.Message(body, out message, out handle) ?? Phone(handle);
        if (refusal is not null)
        {
            await WriteAsync(context, refusal);
            return;
        }

        var name = $"projects/{options.ProjectId}/messages/{NextId()}";
        if (!Validating(body))
        {
            var push = new DeliveredPush("fcm", handle, name, RequestBody.Headers(context.Request), message, body);
            accepted.Enqueue(push);
            var (collapseKey, expiresAt) = Keeping(message);
            lines.Accept(push, collapseKey, expiresAt, context.Features.Get<FaultRule>());
        }

        await context.Response.WriteAsJsonAsync(new { name }, context.RequestAborted);
    }

    private FcmRefusal? Caller(HttpRequest request)
    {
        var path = request.Path.Value ?? string.Empty;
        return !path.StartsWith("/v1/projects/", StringComparison.Ordinal) || !path.EndsWith("/messages:send", StringComparison.Ordinal)
            || request.Method != HttpMethods.Post
                ? new FcmRefusal(404, "NOT_FOUND", "The requested URL was not found on this server.")
            : !access.Admits(request.Headers.Authorization.ToString())
                ? new FcmRefusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
            : path != $"/v1/projects/{options.ProjectId}/messages:send"
                ? new FcmRefusal(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource.")
            : null;
    }

    /// <summary>What the message is collapsed by, and how long it is kept: for an iPhone Apple's headers say both.</summary>
    private (string? CollapseKey, DateTimeOffset ExpiresAt) Keeping(JsonElement message) =>
        FcmApnsChecks.IsThere(message)
            ? (FcmApnsChecks.Header(message, "apns-collapse-id"), FcmApnsChecks.ExpiresAt(message) ?? time.GetUtcNow().AddDays(30))
            : (FcmChecks.CollapseKey(message), time.GetUtcNow().AddSeconds(FcmChecks.Ttl(message)!.Value));

    private FcmRefusal? Phone(string handle) =>
        lines.Look(handle) is { Known: true, DeletedAt: null } ? null : FcmRefusal.Of(404, "UNREGISTERED");

    private string NextId() => string.Create(
        CultureInfo.InvariantCulture, $"0:{time.GetUtcNow().ToUnixTimeMilliseconds()}%{Interlocked.Increment(ref messages):x16}");

    private static bool Validating(byte[] body) =>
        JsonElement.Parse(body).TryGetProperty("validate_only", out var only) && only.ValueKind == JsonValueKind.True;

    private static bool IsToken(HttpContext context) => context.Request.Path == TokenPath;

    private static async ValueTask<string> SearchableAsync(HttpContext context) =>
        context.Request.Path + (IsToken(context) ? string.Empty : Encoding.UTF8.GetString(await RequestBody.ReadAsync(context)));

    private static Task WriteFaultAsync(HttpContext context, FaultRule rule) =>
        IsToken(context) ? FcmAccess.RefuseAsync(context, rule.Reason ?? "invalid_grant", "Refused by a fault switch.")
        : rule.Reason is null ? Task.CompletedTask : WriteAsync(context, FcmRefusal.Of(rule.Status!.Value, rule.Reason));

    private static Task WriteAsync(HttpContext context, FcmRefusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        return context.Response.WriteAsJsonAsync(refusal.ToJson(), context.RequestAborted);
    }
}
