namespace BlokSec.Local.FunctionsHost;

/// <summary>What <c>host.json</c> says to the host.</summary>
internal sealed record HostSettings
{
    /// <summary>First part of every HTTP path; empty for none.</summary>
    public required string RoutePrefix { get; init; }

    /// <summary>After this long an invocation has failed and the worker is killed; null never.</summary>
    public required TimeSpan? FunctionTimeout { get; init; }

    /// <summary>Messages that one queue function handles at a time.</summary>
    public required int MaxConcurrentCalls { get; init; }

    /// <summary>How long the lock of a message is renewed while it is handled.</summary>
    public required TimeSpan MaxAutoLockRenewal { get; init; }
}

/// <summary>What <c>worker.config.json</c> says about the process.</summary>
/// <param name="Executable">Full path, or a name to be found on the PATH.</param>
/// <param name="Worker">The worker's file, an argument of the executable; null when the executable is the worker.</param>
/// <param name="Folder">The app's folder, where it runs.</param>
internal sealed record WorkerDescription(string Executable, string? Worker, string Folder);
