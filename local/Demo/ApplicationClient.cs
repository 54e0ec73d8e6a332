using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Local.SignIn;

namespace BlokSec.Local.Demo;

/// <summary>The API as an application calls it that lets its users sign in by push: an ordinary OAuth client.</summary>
internal sealed class ApplicationClient : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Uri api;
    private readonly Uri signIn;
    private readonly DemoApplication application;
    private readonly string secret;
    private string? token;

    /// <summary>An application of a local system; gets its token with the first call.</summary>
    public ApplicationClient(Uri api, Uri signIn, DemoApplication application, string secret = "local")
    {
        (this.api, this.signIn, this.application, this.secret) = (api, signIn, application, secret);
    }

    /// <summary>Asks that a user approves a sign-in.</summary>
    public async Task<AuthenticationRequestAcknowledgement> AskAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        using var response = await AskRawAsync(request, cancellationToken);
        return (await SuccessOf(response).Content.ReadFromJsonAsync<AuthenticationRequestAcknowledgement>(AdminClient.Json, cancellationToken))!;
    }

    /// <summary>The same, for the answer as it comes.</summary>
    public Task<HttpResponseMessage> AskRawAsync(object request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "authentication-requests", request, prefer: null, cancellationToken);

    /// <summary>Polls for the outcome.</summary>
    public async Task<AuthenticationOutcome> OutcomeAsync(string authenticationRequestId, CancellationToken cancellationToken)
    {
        using var response = await PollRawAsync(authenticationRequestId, cancellationToken);
        return (await SuccessOf(response).Content.ReadFromJsonAsync<AuthenticationOutcome>(AdminClient.Json, cancellationToken))!;
    }

    /// <summary>The same, for the answer as it comes.</summary>
    public Task<HttpResponseMessage> PollRawAsync(string authenticationRequestId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, PathOf(authenticationRequestId), body: null, prefer: null, cancellationToken);

    /// <summary>The same with <c>Prefer: wait</c> (RFC 7240): the answer waits for an outcome as long as this, if the server likes.</summary>
    public Task<HttpResponseMessage> PollRawAsync(string authenticationRequestId, int wait, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get, PathOf(authenticationRequestId), body: null, string.Create(CultureInfo.InvariantCulture, $"wait={wait}"), cancellationToken);

    /// <summary>Any other call of the application's, for the answer as it comes.</summary>
    public Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        SendAsync(method, path, body, prefer: null, cancellationToken);

    public void Dispose() => http.Dispose();

    private static string PathOf(string authenticationRequestId) => $"authentication-requests/{authenticationRequestId}";

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, string? prefer, CancellationToken cancellationToken)
    {
        var isNew = token is null;
        var response = await SendOnceAsync(method, path, body, prefer, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || isNew)
        {
            return response;
        }

        // The token expired after a long day.
        response.Dispose();
        token = null;
        return await SendOnceAsync(method, path, body, prefer, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, string path, object? body, string? prefer, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(api, $"/api/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ??= await TokenAsync(cancellationToken));
        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: AdminClient.Json);
        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        return await http.SendAsync(request, cancellationToken);
    }

    /// <summary>The client credentials grant (RFC 6749, section 4.4).</summary>
    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = application.ClientId,
            ["client_secret"] = secret,
        });
        using var response = await http.PostAsync(new Uri(signIn, AuthorizationServer.TokenPath), form, cancellationToken);
        var answer = await SuccessOf(response).Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return answer.GetProperty("access_token").GetString()!;
    }

    private static HttpResponseMessage SuccessOf(HttpResponseMessage response) => response.EnsureSuccessStatusCode();
}
