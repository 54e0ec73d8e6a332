namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>Sign-in requests: an application asks, the phone answers.</summary>
internal static class AuthenticationRequestsFeature
{
    public static void AddAuthenticationRequests(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<SignInOptions, SignInOptions.Validator>(SignInOptions.Section);
        builder.Services.AddSingleton(services =>
            new SignInGuard(services.GetRequiredService<Microsoft.Extensions.Options.IOptions<SignInOptions>>().Value));
        builder.Services.AddSingleton<LoginHints>();
        builder.Services.AddSingleton<AskedUsers>();
        builder.Services.AddSingleton<PollPace>();
        builder.Services.AddSingleton<HeldPolls>();
        builder.Services.AddSingleton<WaitingRequests>();
        builder.Services.AddSingleton<SignInAcceptance>();
    }
}
