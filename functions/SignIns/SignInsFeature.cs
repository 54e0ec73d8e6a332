namespace BlokSec.Functions.SignIns;

/// <summary>Sign-ins as administrators see them.</summary>
internal static class SignInsFeature
{
    public static void AddSignIns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SignInPages>();
    }
}
