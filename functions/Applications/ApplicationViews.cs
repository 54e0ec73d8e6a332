using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Applications;

/// <summary>What administrators see of applications.</summary>
internal static class ApplicationViews
{
    public static ApplicationDetails ToDetails(this ApplicationDocument application) => new(
        application.ApplicationId, application.Name.Shown(), application.ClientId, application.State, application.CreatedAt, application.Version());

    /// <summary>The version of what can be edited, for If-Match.</summary>
    public static string Version(this ApplicationDocument application) =>
        $"\"{RequestIds.Fingerprint(application.ApplicationId, application.Name, application.ClientId, application.State.ToString())[..32]}\"";

    /// <summary>200 with the application and its ETag.</summary>
    public static IResult Ok(HttpContext context, ApplicationDocument application)
    {
        context.Response.Headers[HeaderNames.ETag] = application.Version();
        return TypedResults.Ok(application.ToDetails());
    }

    /// <summary>Its members for the auditor.</summary>
    public static IReadOnlyDictionary<string, string?> Audited(this ApplicationDocument application) => new Dictionary<string, string?>
    {
        ["name"] = application.Name,
        ["clientId"] = application.ClientId,
        ["state"] = application.State.ToString(),
    };
}
