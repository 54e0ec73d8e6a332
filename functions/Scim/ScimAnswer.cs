using System.Text.Json.Nodes;
using BlokSec.Functions.Http;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Scim;

/// <summary>An answer of a SCIM call.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">The body; null for none.</param>
internal sealed class ScimAnswer(int status, JsonObject? body) : IResult
{
    public const string ContentType = "application/scim+json";

    /// <summary>The entity tag of what is answered; null for none.</summary>
    public string? ETag { get; init; }

    /// <summary>Where what is answered can be read again; null for nowhere.</summary>
    public string? Location { get; init; }

    /// <summary>The methods that there are instead (RFC 9110, section 15.5.6); null where the answer is about something else.</summary>
    public string? Allow { get; init; }

    /// <summary>Runs a call and tells a refusal as SCIM has it.</summary>
    public static async Task<IResult> OfAsync(Func<Task<IResult>> call)
    {
        try
        {
            return await call();
        }
        catch (ScimRefusal refusal)
        {
            return Error(refusal.StatusCode, refusal.ScimType, refusal.Message);
        }
    }

    /// <summary>An error (RFC 7644, section 3.12).</summary>
    public static ScimAnswer Error(int status, string? scimType, string detail, string? allow = null)
    {
        var body = new JsonObject { ["schemas"] = new JsonArray(ScimSchemas.ErrorUrn) };
        if (scimType is not null)
        {
            body["scimType"] = scimType;
        }

        body["detail"] = detail;
        body["status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new ScimAnswer(status, body) { Allow = allow };
    }

    /// <summary>A list (RFC 7644, section 3.4.2).</summary>
    /// <param name="total">How many there are.</param>
    /// <param name="startIndex">The number of the first that is shown.</param>
    /// <param name="resources">Those that are shown.</param>
    public static ScimAnswer List(int total, int startIndex, IReadOnlyCollection<JsonObject> resources) => new(StatusCodes.Status200OK, new JsonObject
    {
        ["schemas"] = new JsonArray(ScimSchemas.ListUrn),
        ["totalResults"] = total,
        ["startIndex"] = startIndex,
        ["itemsPerPage"] = resources.Count,
        ["Resources"] = new JsonArray([.. resources]),
    });

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers[HeaderNames.ETag] = ETag;
        response.Headers.Location = Location;
        response.Headers.Allow = Allow;
        if (body is not null)
        {
            response.ContentType = ContentType;
            await response.WriteAsync(body.ToJsonString(), httpContext.RequestAborted);
        }
    }
}

/// <summary>Reads the body of a SCIM call.</summary>
internal static class ScimBody
{
    private static readonly string[] Types = [ScimAnswer.ContentType, "application/json"];

    /// <exception cref="ScimRefusal">It is of another type, or cannot be read.</exception>
    public static async Task<JsonObject> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(request.ContentType)
            && !(MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)))
        {
            throw new ScimRefusal(StatusCodes.Status415UnsupportedMediaType, scimType: null, "Send the body as application/scim+json in UTF-8.");
        }

        using var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > RequestLimits.MaxBodyBytes)
            {
                throw new ScimRefusal(StatusCodes.Status413PayloadTooLarge, scimType: null, $"The body is larger than {RequestLimits.MaxBodyBytes} bytes.");
            }

            body.Write(buffer.AsSpan(0, read));
        }

        return ScimResource.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
