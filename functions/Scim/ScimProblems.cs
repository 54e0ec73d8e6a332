using BlokSec.Contracts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Scim;

/// <summary>
/// Tells what is refused around a SCIM call (who calls, how often, how much, an outage) as a SCIM error instead of as problem details: whoever writes
/// problem details asks this first.
/// </summary>
internal sealed class ScimProblems : IProblemDetailsService
{
    /// <summary>Begins the routes of all SCIM calls.</summary>
    private const string Routes = "/api/scim/";

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        if (!await TryWriteAsync(context))
        {
            throw new InvalidOperationException("Only SCIM calls have their errors written here.");
        }
    }

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        // After an exception the call has no endpoint any more.
        var http = context.HttpContext;
        if ((http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint()) is not RouteEndpoint { RoutePattern.RawText: { } route }
            || !route.StartsWith(Routes, StringComparison.Ordinal))
        {
            return false;
        }

        var problem = context.ProblemDetails;
        await Of(problem).ExecuteAsync(http);
        return true;
    }

    private static ScimAnswer Of(ProblemDetails problem) => ScimAnswer.Error(
        problem.Status ?? StatusCodes.Status500InternalServerError,
        problem.Extensions.TryGetValue("code", out var code) && code is ProblemCodes.InvalidRequest ? ScimTypes.InvalidSyntax : null,
        problem.Detail ?? problem.Title ?? "");
}
