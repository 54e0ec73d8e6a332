using BlokSec.Local.Phones;

namespace BlokSec.Local.Control;

/// <summary>Lets the phones page show names, and scan what the console shows.</summary>
internal static class PeopleEndpoints
{
    /// <summary>Maps <c>/people</c>.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, People people)
    {
        endpoints.MapGet("/people", (CancellationToken stop) => AskAsync(async () => Json(await people.AllAsync(stop))));
        endpoints.MapGet("/people/{tenantId}/{userId}/claim", (string tenantId, string userId, CancellationToken stop) =>
            AskAsync(async () => await people.ClaimAsync(tenantId, userId, stop) is { } claim ? Json(claim) : NoClaim()));
        endpoints.MapGet("/people/{tenantId}/{userId}/claim/qr", (string tenantId, string userId, CancellationToken stop) =>
            AskAsync(async () => await people.ClaimPictureAsync(tenantId, userId, stop) is { } svg ? Results.Bytes(svg, "image/svg+xml") : NoClaim()));
    }

    private static async Task<IResult> AskAsync(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException exception)
        {
            return Results.Problem($"The API did not answer: {exception.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult Json<T>(T value) => Results.Json(value, PhoneJson.Options);

    private static IResult NoClaim() => Results.Problem("There is no claim.", statusCode: StatusCodes.Status404NotFound);
}
