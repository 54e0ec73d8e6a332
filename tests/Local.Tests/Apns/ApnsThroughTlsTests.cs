using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;
using BlokSec.Local.Tests.Infrastructure;

namespace BlokSec.Local.Tests.Apns;

/// <summary>Most clients of APNs speak TLS only; something that ends it stands between them and the stand-in.</summary>
public sealed class ApnsThroughTlsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_insists_on_TLS_is_answered_behind_something_that_ends_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var apns = await ApnsStandIn.StartAsync(
            new ApnsStandInOptions { TeamId = "TEAM", KeyId = "KEY", PublicKey = key.ExportSubjectPublicKeyInfoPem(), Topic = "t" },
            new Traffic(),
            TimeProvider.System);
        await using var tls = new TlsEnd(apns.Production);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == tls.Certificate.GetCertHashString() },
        });

        // As @parse/node-apn 8.1.0 sends it, without a provider token
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(tls.Address, "/3/device/" + new string('a', 64)))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("""{"aps":{"alert":{"title":"Hello","body":"from node-apn"}}}""", Encoding.UTF8),
            Headers = { { "apns-topic", "t" }, { "apns-push-type", "alert" }, { "apns-priority", "10" }, { "apns-expiration", "1795598200" } },
        };
        using var answer = await client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var reason = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).GetProperty("reason").GetString();
        Assert.Equal("MissingProviderToken", reason);
    }
}
