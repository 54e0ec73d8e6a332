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
internal sealed record LocalPorts(
    int Functions, int SignIn, int Cosmos, int ServiceBus, int Fcm, int FcmToken, int Apns, int ApnsSandbox, int Control)
{
    /// <summary>The ports that the README names.</summary>
    public static LocalPorts Fixed { get; } = new(7071, 7072, 7073, 7074, 7075, 7076, 7077, 7078, 7079);

    /// <summary>Any that are free. The API's own has to be known before anything starts, because it is part of what phones sign.</summary>
    public static LocalPorts Free() => new(FreePort(), 0, 0, 0, 0, 0, 0, 0, 0);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
