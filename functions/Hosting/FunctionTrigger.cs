namespace BlokSec.Functions.Hosting;

/// <summary>What starts a function; endpoint metadata from which its <c>function.json</c> is emitted.</summary>
internal abstract record FunctionTrigger(string Function);

/// <summary>An HTTP request to <c>/api/{Route}</c>.</summary>
internal sealed record HttpTrigger(string Function, string Method, string Route) : FunctionTrigger(Function);

/// <summary>A message on a Service Bus queue.</summary>
internal sealed record QueueTrigger(string Function, string Queue) : FunctionTrigger(Function);

/// <summary>The clock.</summary>
/// <param name="Function">The function.</param>
/// <param name="Schedule">NCRONTAB with seconds.</param>
internal sealed record TimerTrigger(string Function, string Schedule) : FunctionTrigger(Function);
