using BlokSec.Local.Live;

namespace BlokSec.Local.FunctionsHost;

/// <summary>How the small Functions host is set up.</summary>
internal sealed record FunctionsHostOptions
{
    /// <summary>The folder with <c>host.json</c> and <c>worker.config.json</c>.</summary>
    public required string AppFolder { get; init; }

    /// <summary>The port on 127.0.0.1; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>
    /// App settings: added to the environment of the worker's process, they resolve <c>%name%</c> in queue names and schedules, and say
    /// where the queues are.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// True waits for a worker that somebody else starts and stops, such as a test or a debugger, and accepts whichever connects; false
    /// starts the process that <c>worker.config.json</c> names.
    /// </summary>
    public bool Attach { get; init; }

    /// <summary>The port on 127.0.0.1 where workers connect; 0 for any that is free.</summary>
    public int WorkerPort { get; init; }

    /// <summary>Lets invocations take as long as they like, whatever <c>functionTimeout</c> is: somebody may be stepping through them.</summary>
    public bool NoTimeout { get; init; }

    /// <summary>Takes the worker's output and what the host has to say, line by line.</summary>
    public Action<string> Output { get; init; } = _ => { };

    /// <summary>Gets each request and each handled message.</summary>
    public Action<LiveEvent> Watch { get; init; } = _ => { };

    /// <summary>False leaves the timers still; they can be run by hand.</summary>
    public bool TimersEnabled { get; init; } = true;

    /// <summary>False receives nothing from queues, such as in a second host beside another one.</summary>
    public bool QueuesEnabled { get; init; } = true;

    /// <summary>
    /// Browser origins that may call, as the platform's CORS setting does it in Azure: preflights never reach the worker, no header of
    /// an answer is exposed, and what the worker itself says of CORS has no effect.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The clock of timers, function time-outs and lock renewal.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
