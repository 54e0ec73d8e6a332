using System.Collections.Immutable;
using BlokSec.Local.FunctionsHost.Protocol;
using Cronos;

namespace BlokSec.Local.FunctionsHost;

/// <summary>A function as the worker describes it; there is one kind for each trigger.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binding">The name of the trigger's binding: the parameter that gets the data.</param>
internal abstract record Function(string Name, string Binding)
{
    /// <summary>Asks the worker to load the function.</summary>
    public required FunctionLoadRequest Load { get; init; }
}

/// <summary>Gets the requests of a route.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binding">The trigger's binding.</param>
/// <param name="Route">The route below the prefix.</param>
/// <param name="Methods">Upper-case methods; empty for all.</param>
internal sealed record HttpFunction(string Name, string Binding, string Route, ImmutableArray<string> Methods) : Function(Name, Binding);

/// <summary>Gets the messages of a queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binding">The trigger's binding.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="Connection">The name of the setting that says where the queue is.</param>
internal sealed record QueueFunction(string Name, string Binding, string Queue, string Connection) : Function(Name, Binding);

/// <summary>Runs at times.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binding">The trigger's binding.</param>
/// <param name="Schedule">When, in UTC.</param>
/// <param name="RunOnStartup">Whether it also runs when the host starts.</param>
internal sealed record TimerFunction(string Name, string Binding, CronExpression Schedule, bool RunOnStartup) : Function(Name, Binding);
