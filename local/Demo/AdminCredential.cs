using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BlokSec.Local.SignIn;

namespace BlokSec.Local.Demo;

/// <summary>Signs an administrator in with the password grant, as curl does, and shows the access token with every call.</summary>
internal sealed class AdminCredential(Uri signIn, string username) : DelegatingHandler
{
    /// <summary>What cannot be taken back demands a sign-in of the last minutes.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    private string? accessToken;
    private long signedInAt;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (accessToken is null || Stopwatch.GetElapsedTime(signedInAt) > Recent)
        {
            (signedInAt, accessToken) = (Stopwatch.GetTimestamp(), await SignInAsync(cancellationToken));
        }

        request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", accessToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            // Expired after a long day: the next call signs in again
            accessToken = null;
        }

        return response;
    }

    private async Task<string> SignInAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(signIn, "connect/token"))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "password",
                ["client_id"] = "bloksec-admin-console",
                ["scope"] = SignInStandInOptions.ApiScope,
                ["username"] = username,
                ["password"] = "local",
            }),
        };
        using var response = await base.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var answer = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        return answer.RootElement.GetProperty("access_token").GetString()!;
    }
}
