using BlokSec.Contracts;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Security;

/// <summary>
/// The answer to a call whose proof is refused. When only its time is wrong, the answer tells the server's: a phone with a wrong clock
/// could otherwise neither enroll nor learn that it was removed. Whoever reads it has signed a proof, so it is no oracle for strangers.
/// </summary>
/// <param name="fault">Why, one of <see cref="ProofFaults"/>.</param>
internal sealed class ProofRefusal(string fault) : IResult
{
    /// <summary>The member of the problem that tells the server's time, in UTC.</summary>
    public const string ServerTime = "serverTime";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (!ProofFaults.IsOfTime(fault))
        {
            return Problems.Of(ProblemCodes.ProofInvalid, fault).ExecuteAsync(httpContext);
        }

        var now = httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var details = Problems.Details(ProblemCodes.ClockSkewed, fault);
        details.Extensions[ServerTime] = now;
        httpContext.Response.GetTypedHeaders().Date = now;
        return TypedResults.Problem(details).ExecuteAsync(httpContext);
    }
}
