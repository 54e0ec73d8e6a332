using System.Net.Http.Headers;
using System.Text;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>The API as anybody can call it: any bytes, any headers, no help.</summary>
internal sealed class RawApi(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address };

    public Uri Address { get; } = address;

    /// <summary>Sends a request to a path below <c>/api/</c>, or to another one that begins with a slash.</summary>
    public async Task<RawAnswer> SendAsync(
        HttpMethod method,
        string path,
        byte[]? body = null,
        string? contentType = "application/json",
        params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/{path}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await RawAnswer.ReadAsync(response);
    }

    /// <summary>Sends a request with an access token and a body as text.</summary>
    public Task<RawAnswer> SendAsync(
        string token, HttpMethod method, string path, string? body = null, params IEnumerable<(string Name, string Value)> headers) =>
        SendAsync(
            method,
            path,
            body is null ? null : Encoding.UTF8.GetBytes(body),
            headers: headers.Append(("Authorization", $"Bearer {token}")));

    public void Dispose() => http.Dispose();
}
