using System.Collections.Immutable;
using Cronos;

namespace BlokSec.Local.FunctionsHost;

/// <summary>What <c>host.json</c> and the <c>function.json</c> files say.</summary>
internal sealed record FunctionApp
{
    public required string Folder { get; init; }

    /// <summary>First part of every HTTP path; empty for none.</summary>
    public required string RoutePrefix { get; init; }

    /// <summary>After this long an invocation has failed and the handler is killed; null never.</summary>
    public required TimeSpan? FunctionTimeout { get; init; }

    /// <summary>Messages that one queue function handles at a time.</summary>
    public required int MaxConcurrentCalls { get; init; }

    /// <summary>How long the lock of a message is renewed while it is handled.</summary>
    public required TimeSpan MaxAutoLockRenewal { get; init; }

    public required HandlerDescription Handler { get; init; }

    public required ImmutableArray<Function> Functions { get; init; }
}

/// <summary>What <c>customHandler</c> says about the process.</summary>
/// <param name="Executable">Full path, or a name to be found on the PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="WorkingFolder">Where it runs.</param>
/// <param name="InitializationTimeout">How long it may take to answer its first probe.</param>
internal sealed record HandlerDescription(
    string Executable, ImmutableArray<string> Arguments, string WorkingFolder, TimeSpan InitializationTimeout);

/// <summary>A function; there is one kind for each trigger.</summary>
internal abstract record Function(string Name);

/// <summary>Gets the requests of a route.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Route">The route below the prefix.</param>
/// <param name="Methods">Upper-case methods; empty for all.</param>
internal sealed record HttpFunction(string Name, string Route, ImmutableArray<string> Methods) : Function(Name);

/// <summary>Gets the messages of a queue.</summary>
internal sealed record QueueFunction(string Name, string Binding, string Queue) : Function(Name);

/// <summary>Runs at times.</summary>
internal sealed record TimerFunction(string Name, string Binding, CronExpression Schedule, bool RunOnStartup) : Function(Name);
