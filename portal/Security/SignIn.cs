namespace BlokSec.Portal.Security;

/// <summary>Sign-in with OpenID Connect: authorization code with PKCE. Tokens stay in the tab's session storage.</summary>
internal static class SignIn
{
    public static void AddSignIn(this IServiceCollection services, AuthSettings settings)
    {
        services.AddOidcAuthentication(options =>
        {
            options.ProviderOptions.Authority = settings.Authority;
            options.ProviderOptions.ClientId = settings.ClientId;
            options.ProviderOptions.ResponseType = "code";
            options.ProviderOptions.DefaultScopes.Clear();
            foreach (var scope in settings.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                options.ProviderOptions.DefaultScopes.Add(scope);
            }

            options.UserOptions.NameClaim = "name";
            options.UserOptions.RoleClaim = settings.RoleClaim;
        });
        services.AddScoped<AdministratorReader>();
    }
}
