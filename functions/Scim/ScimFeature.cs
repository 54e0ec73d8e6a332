namespace BlokSec.Functions.Scim;

/// <summary>SCIM 2.0 (RFC 7643, RFC 7644): directories provision users.</summary>
internal static class ScimFeature
{
    public static void AddScim(this IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<ScimRepresentation>()
        .AddSingleton<ScimLists>()
        .AddSingleton<IProblemDetailsService, ScimProblems>();
}
