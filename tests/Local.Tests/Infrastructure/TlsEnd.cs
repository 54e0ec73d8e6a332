using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BlokSec.Local.Tests.Infrastructure;

/// <summary>Ends TLS on a port of its own and hands the bytes on in clear text, HTTP/2 agreed.</summary>
internal sealed class TlsEnd : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Uri target;
    private readonly Task serving;

    public TlsEnd(Uri target)
    {
        this.target = target;
        Certificate = SelfSigned();
        listener.Start();
        Address = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        serving = ServeAsync();
    }

    public Uri Address { get; }

    public X509Certificate2 Certificate { get; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await serving;
        listener.Dispose();
        stopping.Dispose();
        Certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(CarryAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(TcpClient caller)
    {
        using var incoming = caller;
        using var outgoing = new TcpClient();
        await using var secured = new SslStream(incoming.GetStream());
        try
        {
            await secured.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = Certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] }, stopping.Token);
            await outgoing.ConnectAsync(IPAddress.Loopback, target.Port, stopping.Token);
            var clear = outgoing.GetStream();
            await Task.WhenAny(secured.CopyToAsync(clear, stopping.Token), clear.CopyToAsync(secured, stopping.Token));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Either side hung up, or the test is over.
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
