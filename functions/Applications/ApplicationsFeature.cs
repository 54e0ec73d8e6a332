namespace BlokSec.Functions.Applications;

/// <summary>The tenant's applications: who may ask for sign-ins, and where users have accounts.</summary>
internal static class ApplicationsFeature
{
    public static void AddApplications(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApplicationRegister>();
        builder.Services.AddSingleton<AskingApplications>();
    }
}
