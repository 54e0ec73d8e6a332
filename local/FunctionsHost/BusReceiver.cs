using System.Net;
using System.Net.Http.Headers;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Receives and settles messages through the REST API of Service Bus.</summary>
internal sealed class BusReceiver(Uri serviceBus, Func<CancellationToken, Task<string>> getToken, HttpMessageInvoker client)
{
    private const int SettleAttempts = 3;

    /// <summary>The next message of a queue under a lock; null when none came for a minute.</summary>
    /// <exception cref="HttpRequestException">The bus did not give one.</exception>
    public async Task<BusMessage?> ReceiveAsync(string queue, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, new Uri(serviceBus, $"/{queue}/messages/head?timeout=60"), cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Created => await BusMessage.ReadAsync(response, cancellationToken),
            HttpStatusCode.NoContent => null,
            var status => throw new HttpRequestException($"Service Bus answered {(int)status} to a receive from {queue}", null, status),
        };
    }

    /// <summary>Removes the message; false when that could not be done, so that it will come again.</summary>
    public Task<bool> CompleteAsync(BusMessage message, CancellationToken cancellationToken) =>
        SettleAsync(HttpMethod.Delete, message, cancellationToken);

    /// <summary>Gives the message back; false when that could not be done, so that it comes back when its lock ends.</summary>
    public Task<bool> AbandonAsync(BusMessage message, CancellationToken cancellationToken) =>
        SettleAsync(HttpMethod.Put, message, cancellationToken);

    /// <summary>Renews the lock; false when it is lost.</summary>
    public Task<bool> RenewAsync(BusMessage message, CancellationToken cancellationToken) =>
        SettleAsync(HttpMethod.Post, message, cancellationToken);

    private async Task<bool> SettleAsync(HttpMethod method, BusMessage message, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= SettleAttempts; attempt++)
        {
            try
            {
                using var response = await SendAsync(method, message.Location, cancellationToken);
                if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound)
                {
                    return response.IsSuccessStatusCode;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The next attempt finds out; after the last one the lock runs out.
            }
        }

        return false;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await getToken(cancellationToken));
        return await client.SendAsync(request, cancellationToken);
    }
}
