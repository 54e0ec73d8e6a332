namespace BlokSec.Functions.Administrators;

/// <summary>Who the administrators of a tenant are, as far as this service has seen them.</summary>
internal static class AdministratorsFeature
{
    public static void AddAdministrators(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<AdministratorOptions, AdministratorOptions.Validator>(AdministratorOptions.Section);
        builder.Services.AddSingleton<KnownAdministrators>();
        builder.Services.AddSingleton<SeenAdministrators>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SeenAdministrators>());
    }
}
