using System.Net;
using System.Text.Json;
using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <summary>Makes an <see cref="ApiProblem"/> of an answer.</summary>
internal static class Problems
{
    public static async Task<ApiProblem> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(answer, cancellationToken);
        var problem = Of(answer.StatusCode, body?.Code, body?.Detail);
        return problem with { Errors = body?.Errors ?? problem.Errors, MaxAge = body?.MaxAge, AcrValues = body?.AcrValues, AcrClaim = body?.AcrClaim };
    }

    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The stable code, if the answer had one: a gateway's has none.</param>
    /// <param name="detail">The API's words.</param>
    public static ApiProblem Of(HttpStatusCode status, string? code, string? detail) =>
        new(KindOf(status, code), code ?? $"http-{(int)status}", detail);

    private static ProblemKind KindOf(HttpStatusCode status, string? code) => status switch
    {
        // Also when the session is good, but too old for this.
        HttpStatusCode.Unauthorized => ProblemKind.SessionExpired,
        // A token of before the scope was needed: a new one has it.
        HttpStatusCode.Forbidden when code == ProblemCodes.InsufficientScope => ProblemKind.SessionExpired,
        HttpStatusCode.Forbidden => ProblemKind.Forbidden,
        HttpStatusCode.NotFound when code == ProblemCodes.NotFound => ProblemKind.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => ProblemKind.Conflict,
        HttpStatusCode.TooManyRequests => ProblemKind.TooMany,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ProblemKind.Unavailable,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ProblemKind.Invalid,
        _ => ProblemKind.Fault,
    };

    private static async Task<ProblemBody?> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
        {
            return null;
        }

        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(stream, PortalJson.Default.ProblemBody, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
