namespace BlokSec.Functions.Policies;

/// <summary>What tenants demand of their administrators.</summary>
internal static class PoliciesFeature
{
    public static void AddPolicies(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<PolicyOptions, PolicyOptions.Validator>(PolicyOptions.Section);
        builder.Services.AddSingleton<CurrentPolicies>();
        builder.Services.AddSingleton<SecondPerson>();
    }
}
