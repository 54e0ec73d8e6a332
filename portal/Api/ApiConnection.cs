using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Components.WebAssembly.Authentication;

namespace BlokSec.Portal.Api;

/// <summary>One request to the API with the administrator's access token. What goes wrong is a value.</summary>
internal sealed class ApiConnection(HttpClient http, IAccessTokenProvider tokens)
{
    private const string JsonMedia = "application/json";

    /// <summary>The API's address, with a slash at the end.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>The session began or ceased to be good, or the API can or cannot be reached any more.</summary>
    public event Action? Changed;

    /// <summary>Whether the API or the sign-in service said that the session is over.</summary>
    public bool IsSessionOver { get; private set; }

    /// <summary>Whether the last call had an answer. The browser's own word for it is wrong where the API is reached without the internet.</summary>
    public bool IsReachable { get; private set; } = true;

    public async Task<ApiResult<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        Read(await TextAsync(path, JsonMedia, cancellationToken), type);

    /// <summary>The answer's text as it is.</summary>
    public async Task<ApiResult<string>> TextAsync(string path, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, accept, cancellationToken);
    }

    public async Task<ApiResult<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        Read(await SendAsync(request, JsonMedia, cancellationToken), type);

    public async Task<ApiResult<string>> SendAsync(HttpRequestMessage request, string accept, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(request, accept, cancellationToken);
        var (isSessionOver, isReachable) = (
            answer.Problem is { Kind: ProblemKind.SessionExpired, NeedsRecentSignIn: false }, answer.Problem is not { Kind: ProblemKind.Unreachable });
        if ((isSessionOver, isReachable) != (IsSessionOver, IsReachable))
        {
            (IsSessionOver, IsReachable) = (isSessionOver, isReachable);
            Changed?.Invoke();
        }

        return answer;
    }

    public static ApiResult<T> Read<T>(ApiResult<string> answer, JsonTypeInfo<T> type)
        where T : class
    {
        if (answer.Problem is { } problem)
        {
            return problem;
        }

        try
        {
            return JsonSerializer.Deserialize(answer.Value!, type) is { } value ? value : Unreadable();
        }
        catch (JsonException)
        {
            return Unreadable();
        }
    }

    private async Task<ApiResult<string>> AnswerAsync(HttpRequestMessage request, string accept, CancellationToken cancellationToken)
    {
        if (!(await tokens.RequestAccessToken()).TryGetToken(out var token))
        {
            return ApiProblem.SessionExpired;
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        request.Headers.Accept.ParseAdd(accept);
        try
        {
            // A file takes as long as it takes once it began: the service cuts it off.
            var completion = accept == JsonMedia ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead;
            using var answer = await http.SendAsync(request, completion, cancellationToken);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadAsStringAsync(cancellationToken)
                : await Problems.ReadAsync(answer, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ApiProblem.Unreachable;
        }
    }

    private static ApiProblem Unreadable() => new(ProblemKind.Fault, "unreadable-answer", "The answer is not what this console understands.");
}
