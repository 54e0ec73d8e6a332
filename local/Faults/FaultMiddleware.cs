using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Extensions;

namespace BlokSec.Local.Faults;

/// <summary>How a stand-in describes its requests to the fault switches.</summary>
/// <param name="Name">The stand-in's name, such as <c>cosmos</c>.</param>
/// <param name="Operations">All that <paramref name="Describe"/> can say.</param>
/// <param name="Describe">Names what a request does; null for requests that are not the service's own, which pass untouched.</param>
/// <param name="WriteError">Writes the rule's status and reason as the real service words them; used when the rule has no body.</param>
/// <param name="Searchable">What <see cref="FaultRule.Contains"/> is looked for in; path and query when null.</param>
internal sealed record FaultProfile(
    string Name,
    IReadOnlyList<string> Operations,
    Func<HttpContext, string?> Describe,
    Func<HttpContext, FaultRule, Task> WriteError,
    Func<HttpContext, ValueTask<string>>? Searchable = null);

/// <summary>Lets every request of a stand-in be seen, delayed, refused, lost or watched.</summary>
internal sealed class FaultMiddleware
{
    private readonly RequestDelegate next;
    private readonly Traffic traffic;
    private readonly FaultProfile profile;
    private readonly ConcurrentDictionary<string, bool> silent = new();

    public FaultMiddleware(RequestDelegate next, Traffic traffic, FaultProfile profile)
    {
        this.next = next;
        this.traffic = traffic;
        this.profile = profile;
        traffic.Know(profile.Name, profile.Operations);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (profile.Describe(context) is not { } operation)
        {
            await next(context);
            return;
        }

        var path = context.Request.GetEncodedPathAndQuery();
        var searchable = profile.Searchable is null ? path : await profile.Searchable(context);
        var request = traffic.Record(new SeenRequest(0, profile.Name, operation, context.Request.Method, path)
        {
            Searchable = searchable,
            Caller = context.Request.Headers.UserAgent.ToString(),
            Connection = context.Connection.Id,
        });
        var rule = traffic.Strike(request);
        try
        {
            await HandleAsync(context, request, rule);
        }
        finally
        {
            traffic.Answered(request);
        }
    }

    private async Task HandleAsync(HttpContext context, SeenRequest request, FaultRule? rule)
    {
        if (rule is { Silence: true })
        {
            silent[context.Connection.Id] = true;
        }

        if (silent.ContainsKey(context.Connection.Id))
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        if (rule?.DelayMilliseconds is { } delay)
        {
            await Task.Delay(delay, context.RequestAborted);
        }

        await HookAsync(request, FaultStage.Before);
        if (rule?.Stage == FaultStage.Before && await StrikeAsync(context, request, rule))
        {
            return;
        }

        if (rule is not null)
        {
            context.Features.Set(rule);
        }

        var answer = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = answer;
        }

        await HookAsync(request, FaultStage.After);
        if (rule?.Stage == FaultStage.After && await StrikeAsync(context, request, rule))
        {
            return;
        }

        request.Status = context.Response.StatusCode;
        if (held.Length > 0)
        {
            held.Position = 0;
            await held.CopyToAsync(answer, context.RequestAborted);
        }
    }

    private Task HookAsync(SeenRequest request, FaultStage stage) => traffic.Hook?.Invoke(request, stage) ?? Task.CompletedTask;

    /// <summary>Answers in place of the stand-in; false when the rule leaves the answer alone.</summary>
    private async Task<bool> StrikeAsync(HttpContext context, SeenRequest request, FaultRule rule)
    {
        if (rule.Drop)
        {
            context.Abort();
            return true;
        }

        if (rule.Status is not { } status)
        {
            return false;
        }

        context.Response.Clear();
        context.Response.StatusCode = request.Status = status;
        foreach (var (name, value) in rule.Headers ?? new Dictionary<string, string>())
        {
            context.Response.Headers[name] = value;
        }

        if (rule.Body is not null)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(rule.Body, context.RequestAborted);
        }
        else
        {
            await profile.WriteError(context, rule);
        }

        return true;
    }
}
