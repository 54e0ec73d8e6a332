using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Portal.Api;
using Microsoft.AspNetCore.Components.WebAssembly.Authentication;

namespace BlokSec.Portal.Tests.Infrastructure;

/// <summary>The API at the wire: answers what a test says, in order, and keeps what it was asked. The last answer to an address stays.</summary>
internal sealed class StubApi : HttpMessageHandler, IAccessTokenProvider
{
    private readonly Dictionary<string, Queue<Func<HttpResponseMessage>>> answers = [];

    public List<Seen> Requests { get; } = [];

    /// <summary>Whether somebody is signed in.</summary>
    public bool IsSignedIn { get; set; } = true;

    /// <summary>What it waits for before it answers.</summary>
    public Task Slowness { get; set; } = Task.CompletedTask;

    public AdminApi Api => new(new ApiConnection(new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://api.test/api/") }, this));

    public StubApi Answer<T>(string request, T body, JsonTypeInfo<T> type, HttpStatusCode status = HttpStatusCode.OK) =>
        Answer(request, () => new HttpResponseMessage(status)
        {
            Content = new StringContent(JsonSerializer.Serialize(body, type), Encoding.UTF8, "application/json"),
        });

    public StubApi Refuse(string request, HttpStatusCode status, string code, string detail = "In the API's words.") =>
        Answer(request, () => new HttpResponseMessage(status)
        {
            Content = new StringContent(
                $$"""{"type":"https://docs.bloksec.io/problems/{{code}}","code":"{{code}}","detail":"{{detail}}"}""", Encoding.UTF8, "application/problem+json"),
        });

    public StubApi Lose(string request) => Answer(request, () => throw new HttpRequestException("The answer was lost."));

    public StubApi Answer(string request, Func<HttpResponseMessage> answer)
    {
        lock (answers)
        {
            if (!answers.TryGetValue(request, out var queue))
            {
                answers[request] = queue = new Queue<Func<HttpResponseMessage>>();
            }

            queue.Enqueue(answer);
        }

        return this;
    }

    public ValueTask<AccessTokenResult> RequestAccessToken() => ValueTask.FromResult(IsSignedIn
        ? new AccessTokenResult(
            AccessTokenResultStatus.Success, new AccessToken { Value = "token", Expires = DateTimeOffset.MaxValue }, "", new InteractiveRequestOptions
            {
                Interaction = InteractionType.GetToken,
                ReturnUrl = "",
            })
        : new AccessTokenResult(
            AccessTokenResultStatus.RequiresRedirect, new AccessToken(), "authentication/login", new InteractiveRequestOptions
            {
                Interaction = InteractionType.SignIn,
                ReturnUrl = "",
            }));

    public ValueTask<AccessTokenResult> RequestAccessToken(AccessTokenRequestOptions options) => RequestAccessToken();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var seen = new Seen(
            $"{request.Method} {request.RequestUri!.PathAndQuery}",
            body,
            request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)));
        Requests.Add(seen);
        await Slowness;
        lock (answers)
        {
            return answers.TryGetValue(seen.Request, out var queue)
                ? (queue.Count > 1 ? queue.Dequeue() : queue.Peek())()
                : throw new InvalidOperationException($"Nobody said what to answer to {seen.Request}.");
        }
    }

    /// <summary>A request that was made.</summary>
    internal sealed record Seen(string Request, string? Body, IReadOnlyDictionary<string, string> Headers);
}
