using System.Net;
using System.Net.Http.Headers;
using BlokSec.Functions.Push;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using BlokSec.Local;
using BlokSec.Local.Push;
using Microsoft.Extensions.Options;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>A push that a provider accepted from the app, as it is sent once more.</summary>
/// <param name="Address">Where to.</param>
/// <param name="Authorization">The provider's token.</param>
/// <param name="Headers">Apple's own headers.</param>
/// <param name="ContentType">Of the body; null for none.</param>
/// <param name="Body">The payload.</param>
internal sealed record RepeatedPush(
    Uri Address, string Authorization, IReadOnlyDictionary<string, string> Headers, string? ContentType, byte[] Body)
{
    /// <summary>The last push of each provider, as authorized as those of the app.</summary>
    public static async Task<IReadOnlyList<RepeatedPush>> AcceptedAsync(LocalCloud cloud)
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
        return
        [
            Of(new Uri(new Uri(cloud.Settings["Push__Apns__ProductionEndpoint"]), $"/3/device/{apple.Token}"), apple, appleToken),
            Of(new Uri(cloud.Fcm.Address, $"/v1/{google.Id[..google.Id.LastIndexOf('/')]}:send"), google, googleToken),
        ];
    }

    /// <summary>The request.</summary>
    public HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Body),
        };
        request.Headers.TryAddWithoutValidation("authorization", Authorization);
        request.Content.Headers.ContentType = ContentType is null ? null : MediaTypeHeaderValue.Parse(ContentType);
        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static RepeatedPush Of(Uri address, DeliveredPush push, string token) => new(
        address,
        $"Bearer {token}",
        push.Headers.Where(header => header.Key.StartsWith("apns-", StringComparison.Ordinal)).ToDictionary(),
        push.Headers.GetValueOrDefault("content-type"),
        push.Body.ToArray());
}
