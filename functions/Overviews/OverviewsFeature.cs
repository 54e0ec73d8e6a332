namespace BlokSec.Functions.Overviews;

/// <summary>What administrators see of a whole tenant: the overview, and lists over all users.</summary>
internal static class OverviewsFeature
{
    public static void AddOverviews(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<OverviewQueries>();
}
