using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.Push;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Apns;

/// <summary>
/// Apple's push service on loopback: HTTP/2 in clear text with prior knowledge, one listener per environment. It checks what Apple
/// checks and delivers to virtual phones. It announces Kestrel's number of streams from the start, and it never closes a connection.
/// </summary>
internal sealed class ApnsStandIn : IAsyncDisposable
{
    private readonly ConcurrentQueue<DeliveredPush> accepted = new();
    private readonly Dictionary<ApnsEnvironment, PhoneLines> lines;
    private readonly ApnsStandInOptions options;
    private readonly TimeProvider time;
    private readonly ApnsTeam team;
    private StandIn? production;
    private StandIn? sandbox;

    private ApnsStandIn(ApnsStandInOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        team = new ApnsTeam(options, time);

        // Apple keeps a single push for a phone that is offline.
        lines = Enum.GetValues<ApnsEnvironment>().ToDictionary(environment => environment, _ => new PhoneLines(time, room: 1));
    }

    /// <summary>Where the production service listens.</summary>
    public Uri Production => production!.Address;

    /// <summary>Where the sandbox service listens.</summary>
    public Uri Sandbox => sandbox!.Address;

    /// <summary>Every push that was answered with 200, oldest first.</summary>
    public IReadOnlyList<DeliveredPush> Accepted => [.. accepted];

    /// <summary>How many different provider tokens were accepted.</summary>
    public int ProviderTokensSeen => team.TokensSeen;

    public static async Task<ApnsStandIn> StartAsync(ApnsStandInOptions options, Traffic traffic, TimeProvider time)
    {
        var apns = new ApnsStandIn(options, time);
        apns.production = await apns.ListenAsync(options.ProductionPort, ApnsEnvironment.Production, traffic);
        apns.sandbox = await apns.ListenAsync(options.SandboxPort, ApnsEnvironment.Sandbox, traffic);
        return apns;
    }

    /// <summary>A phone got this token for the app; every push to it is handed to <paramref name="deliver"/>, one after the other.</summary>
    public void Register(string token, ApnsEnvironment environment, Func<DeliveredPush, Task> deliver) =>
        lines[environment].Register(Key(token), deliver);

    /// <summary>The app was deleted from the phone: from now on 410.</summary>
    public void Unregister(string token, ApnsEnvironment environment, DateTimeOffset deletedAt) =>
        lines[environment].Unregister(Key(token), deletedAt);

    /// <summary>Takes a phone off the net, or back; what was kept for it is then delivered.</summary>
    public void SetOnline(string token, ApnsEnvironment environment, bool online) => lines[environment].SetOnline(Key(token), online);

    /// <summary>Completes when every push on its way has reached its phone.</summary>
    public Task DeliveredAsync() => Task.WhenAll(lines.Values.Select(of => of.DeliveredAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in new[] { production, sandbox })
        {
            if (listener is not null)
            {
                await listener.DisposeAsync();
            }
        }

        team.Dispose();
    }

    private static async ValueTask<string> SearchableAsync(HttpContext context) =>
        context.Request.Path + Encoding.UTF8.GetString(await RequestBody.ReadAsync(context));

    private static string Key(string token) => token.ToLowerInvariant();

    private Task<StandIn> ListenAsync(int port, ApnsEnvironment environment, Traffic traffic)
    {
        var profile = new FaultProfile("apns", ["send"], _ => "send", WriteFaultAsync, SearchableAsync);
        return StandIn.StartAsync(port, HttpProtocols.Http2, _ => { }, app =>
        {
            app.UseMiddleware<FaultMiddleware>(traffic, profile);
            app.Run(context => AnswerAsync(context, environment));
        }, options.Streams);
    }

    private async Task AnswerAsync(HttpContext context, ApnsEnvironment environment)
    {
        var request = context.Request;
        var body = await RequestBody.ReadAsync(context);
        JsonElement payload = default;
        var refusal = ApnsChecks.Path(request, out var token)
            ?? team.Check(request.Headers.Authorization.ToString())
            ?? ApnsChecks.Headers(request.Headers, options.Topic)
            ?? ApnsChecks.Payload(request.Headers, body, out payload)
            ?? Device(token, environment);
        var id = MessageId(request);
        if (refusal is not null)
        {
            await WriteAsync(context, id, refusal);
            return;
        }

        context.Response.Headers["apns-id"] = id;
        var push = new DeliveredPush("apns", Key(token), id, RequestBody.Headers(request), payload, body);
        accepted.Enqueue(push);
        lines[environment].Accept(push, CollapseId(request), ExpiresAt(request), context.Features.Get<FaultRule>());
    }

    private ApnsRefusal? Device(string token, ApnsEnvironment environment)
    {
        var handle = lines[environment].Look(Key(token));
        return !ApnsChecks.IsDeviceToken(token) || !handle.Known ? new ApnsRefusal(400, "BadDeviceToken")
            : handle.DeletedAt is { } deletedAt ? new ApnsRefusal(410, "Unregistered", deletedAt)
            : null;
    }

    private Task WriteFaultAsync(HttpContext context, FaultRule rule)
    {
        var since = rule.Status == StatusCodes.Status410Gone ? time.GetUtcNow() : (DateTimeOffset?)null;
        return WriteAsync(context, MessageId(context.Request), new ApnsRefusal(rule.Status!.Value, rule.Reason ?? string.Empty, since));
    }

    private static Task WriteAsync(HttpContext context, string id, ApnsRefusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        context.Response.Headers["apns-id"] = id;
        if (refusal.Reason.Length == 0)
        {
            return Task.CompletedTask;
        }

        return context.Response.WriteAsJsonAsync(
            refusal.Since is { } since
                ? (object)new { reason = refusal.Reason, timestamp = since.ToUnixTimeMilliseconds() }
                : new { reason = refusal.Reason },
            context.RequestAborted);
    }

    private static string MessageId(HttpRequest request) =>
        request.Headers["apns-id"].ToString() is { Length: > 0 } id ? id : Guid.NewGuid().ToString();

    private static string? CollapseId(HttpRequest request) =>
        request.Headers["apns-collapse-id"].ToString() is { Length: > 0 } id ? id : null;

    /// <summary>Without the header, or with 0, Apple tries once and keeps nothing.</summary>
    private static DateTimeOffset ExpiresAt(HttpRequest request) =>
        long.TryParse(request.Headers["apns-expiration"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : DateTimeOffset.UnixEpoch;
}
