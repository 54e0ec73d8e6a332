using BlokSec.Local.Live;

namespace BlokSec.Local.FunctionsHost;

/// <summary>How the small Functions host is set up.</summary>
internal sealed record FunctionsHostOptions
{
    /// <summary>The folder with <c>host.json</c> and one folder with <c>function.json</c> per function.</summary>
    public required string AppFolder { get; init; }

    /// <summary>The port on 127.0.0.1; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>The Service Bus whose queues trigger functions.</summary>
    public required Uri ServiceBus { get; init; }

    /// <summary>Gives the bearer token for Service Bus; called for every request, so it should cache.</summary>
    public required Func<CancellationToken, Task<string>> GetToken { get; init; }

    /// <summary>Added to the environment of the handler process; also resolves <c>%name%</c> in queue names and schedules.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A handler that already runs; null starts the executable that <c>host.json</c> names.</summary>
    public Uri? AttachTo { get; init; }

    /// <summary>
    /// Where a handler will listen that somebody else starts and stops, such as a debugger: calls wait for it, and for as long as it
    /// takes. Null for none.
    /// </summary>
    public Uri? WaitFor { get; init; }

    /// <summary>Takes the handler's output and what the host has to say, line by line.</summary>
    public Action<string> Output { get; init; } = _ => { };

    /// <summary>Gets each request and each handled message.</summary>
    public Action<LiveEvent> Watch { get; init; } = _ => { };

    /// <summary>False leaves the timers still; they can be run by hand.</summary>
    public bool TimersEnabled { get; init; } = true;

    /// <summary>
    /// Browser origins that may call, as the platform's CORS setting does it in Azure: preflights never reach the handler, no header of
    /// an answer is exposed, and what the handler itself says of CORS has no effect.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The clock of timers, function time-outs and lock renewal.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
