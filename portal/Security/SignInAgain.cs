using System.Globalization;
using System.Text.Json;
using BlokSec.Portal.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.WebAssembly.Authentication;

namespace BlokSec.Portal.Security;

/// <summary>Leaves for the sign-in service and comes back to the same page.</summary>
internal static class SignInAgainExtensions
{
    /// <param name="navigation">Where the browser goes.</param>
    /// <param name="problem">Why; it may demand a recent or strong sign-in (RFC 9470, section 4).</param>
    public static void SignInAgain(this NavigationManager navigation, ApiProblem? problem = null)
    {
        if (problem is not { NeedsRecentSignIn: true })
        {
            navigation.NavigateToLogin("authentication/login");
            return;
        }

        var request = new InteractiveRequestOptions { Interaction = InteractionType.SignIn, ReturnUrl = navigation.Uri };
        // Asks also where the service does not know max_age.
        request.TryAddAdditionalParameter("prompt", "login");
        if (problem.MaxAge is { } seconds)
        {
            request.TryAddAdditionalParameter("max_age", seconds.ToString(CultureInfo.InvariantCulture));
        }

        if (problem is { AcrClaim: "acrs", AcrValues: { Length: > 0 } contexts })
        {
            // Authentication contexts of Microsoft Entra ID are asked for by a claims request (OpenID Connect Core, section 5.5).
            var first = JsonEncodedText.Encode(contexts.Split(' ')[0]);
            request.TryAddAdditionalParameter("claims", "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"" + first + "\"}}}");
        }
        else if (problem.AcrValues is { Length: > 0 } values)
        {
            request.TryAddAdditionalParameter("acr_values", values);
        }

        navigation.NavigateToLogin("authentication/login", request);
    }
}
