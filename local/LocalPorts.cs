using System.Net;
using System.Net.Sockets;

namespace BlokSec.Local;

/// <summary>The ports of a local system on 127.0.0.1.</summary>
/// <param name="Functions">The Functions host: the API.</param>
/// <param name="SignIn">The sign-in service.</param>
/// <param name="Cosmos">Cosmos DB.</param>
/// <param name="ServiceBus">Service Bus.</param>
/// <param name="Fcm">FCM (HTTP/2).</param>
/// <param name="FcmToken">The token endpoint of FCM's service account.</param>
/// <param name="Apns">APNs production (HTTP/2).</param>
/// <param name="ApnsSandbox">APNs sandbox (HTTP/2).</param>
/// <param name="Control">Phones and fault switches.</param>
/// <param name="Console">The admin console.</param>
internal sealed record LocalPorts(
    int Functions, int SignIn, int Cosmos, int ServiceBus, int Fcm, int FcmToken, int Apns, int ApnsSandbox, int Control, int Console)
{
    /// <summary>The ports that the README names.</summary>
    public static LocalPorts Fixed { get; } = new(7071, 7072, 7073, 7074, 7075, 7076, 7077, 7078, 7079, 7080);

    /// <summary>
    /// Any that are free. Two have to be known before anything starts: the API's own, because it is part of what phones sign, and the
    /// console's, because API and sign-in let only its origin in.
    /// </summary>
    public static LocalPorts Free() => new(FindFree(), 0, 0, 0, 0, 0, 0, 0, 0, FindFree());

    /// <summary>The console's origins: a browser takes both names of this machine for different ones.</summary>
    public IReadOnlyList<string> ConsoleOrigins() => [$"http://127.0.0.1:{Console}", $"http://localhost:{Console}"];

    /// <summary>A free port below those that systems hand out by themselves, so that nobody else gets it before it is listened at.</summary>
    public static int FindFree()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next one.
            }
        }
    }
}
