using System.Net;
using BlokSec.Functions.Push;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using BlokSec.Local;
using BlokSec.Local.Push;
using Microsoft.Extensions.Options;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>A plain <see cref="HttpClient"/> that repeats pushes which the providers accepted.</summary>
internal sealed class PlainProviders : IDisposable
{
    private readonly HttpClient client = new();
    private readonly Func<HttpRequestMessage>[] pushes;

    private PlainProviders(params Func<HttpRequestMessage>[] pushes) => this.pushes = pushes;

    /// <summary>Repeats the last push of each provider, as authorized as those of the app.</summary>
    public static async Task<PlainProviders> StartAsync(LocalCloud cloud)
    {
        var options = Options.Create(new PushOptions
        {
            Apns = { KeyId = cloud.Settings["Push__Apns__KeyId"], TeamId = cloud.Settings["Push__Apns__TeamId"] },
            Fcm = { ServiceAccount = cloud.Settings["Push__Fcm__ServiceAccount"] },
        });
        var (apple, google) = (cloud.Apns.Accepted[^1], cloud.Fcm.Accepted[^1]);
        var appleToken = (await new ApnsTokenStore(cloud.Container, options).ReadAsync(CancellationToken.None))!.Token;
        using var googleAccess = new FcmAccessToken(options, TimeProvider.System);
        var googleToken = (await googleAccess.GetAsync(CancellationToken.None)).Value!;
        return new PlainProviders(
            () => Request(new Uri(new Uri(cloud.Settings["Push__Apns__ProductionEndpoint"]), $"/3/device/{apple.Token}"), apple, appleToken),
            () => Request(new Uri(cloud.Fcm.Address, $"/v1/{google.Id[..google.Id.LastIndexOf('/')]}:send"), google, googleToken));
    }

    /// <summary>Pushes, in turns with one provider and the other.</summary>
    public async Task PushAsync(int number)
    {
        using var request = pushes[number % pushes.Length]();
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => client.Dispose();

    private static HttpRequestMessage Request(Uri address, DeliveredPush push, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(push.Body),
        };
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        foreach (var (name, value) in push.Headers)
        {
            if (name == "content-type")
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else if (name.StartsWith("apns-", StringComparison.Ordinal))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }
}
