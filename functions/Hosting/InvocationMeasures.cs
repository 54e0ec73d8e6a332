using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace BlokSec.Functions.Hosting;

/// <summary>Counts what each invocation of a function asks of others.</summary>
internal sealed class InvocationMeasures : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var invocation = Invocation.Begin();
        try
        {
            await next(context);
        }
        finally
        {
            invocation.Record(context.FunctionDefinition.Name);
        }
    }
}
