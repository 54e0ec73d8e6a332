using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones.Wire;

/// <summary>Who signs a call: a device key and whose device it is.</summary>
/// <param name="Key">The device key.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="User">The user.</param>
internal sealed record Signer(PhoneKey Key, string Tenant, string User);

/// <summary>The API as a phone sees it: one signed request at a time, and never an exception for what a network does.</summary>
internal sealed class BlokSecApi(HttpClient http, PhoneOptions options, TimeProvider time)
{
    /// <summary>The address of a path under the API, such as <c>mobile/device/status</c>.</summary>
    public Uri Address(string path) => new($"{options.PublicAddress.AbsoluteUri.TrimEnd('/')}/api/{path}");

    /// <summary>Sends a call signed by a device.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path under the API.</param>
    /// <param name="signer">Who signs it.</param>
    /// <param name="body">Sent as JSON; nothing when null.</param>
    /// <param name="clockOffset">How far the server's clock is ahead of the phone's.</param>
    /// <param name="cancellationToken">Ends the call; a time-out is an answer instead.</param>
    /// <param name="traceParent">The trace that a push came with.</param>
    /// <param name="facts">What the phone tells of itself, signed with the call; null for nothing.</param>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        Signer signer,
        object? body,
        TimeSpan clockOffset,
        CancellationToken cancellationToken,
        string? traceParent = null,
        JsonObject? facts = null)
    {
        var content = body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, PhoneJson.Options);
        var proof = new DeviceProof
        {
            Key = signer.Key,
            Method = method.Method,
            Address = Address(path),
            Tenant = signer.Tenant,
            User = signer.User,
            IssuedAt = time.GetUtcNow() + clockOffset,
            Body = content,
            Claims = facts is null ? ProofParts.AsIs : new Dictionary<string, JsonNode?> { ["facts"] = facts },
        };
        using var request = new HttpRequestMessage(method, proof.Address);
        request.Headers.Add("DPoP", proof.Build());
        if (traceParent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Fetches what needs no signature.</summary>
    public async Task<ApiAnswer> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        return await SendAsync(request, cancellationToken);
    }

    private async Task<ApiAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            return new ApiAnswer((int)response.StatusCode, ReadObject(await response.Content.ReadAsByteArrayAsync(either.Token)), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ApiAnswer(null, null, "timed out");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new ApiAnswer(null, null, "not reachable");
        }
    }

    private static JsonElement? ReadObject(byte[] content)
    {
        try
        {
            return JsonElement.Parse(content) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
