using System.Net;

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
/// <param name="DemoApp">The demo application, in which users sign in by push.</param>
/// <param name="App">The function app, where somebody else starts it.</param>
/// <param name="Smtp">The mail server.</param>
/// <param name="EventGrid">The topic of Event Grid that the audit is streamed to.</param>
internal sealed record LocalPorts(
    int Functions,
    int SignIn,
    int Cosmos,
    int ServiceBus,
    int Fcm,
    int FcmToken,
    int Apns,
    int ApnsSandbox,
    int Control,
    int Console,
    int DemoApp,
    int App,
    int Smtp,
    int EventGrid)
{
    /// <summary>The first of the ports that the README names.</summary>
    public const int FixedBase = 7071;

    /// <summary>How many there are.</summary>
    public const int Count = 14;

    /// <summary>The highest first port.</summary>
    public const int HighestBase = IPEndPoint.MaxPort - Count + 1;

    /// <summary>The ports that the README names.</summary>
    public static LocalPorts Fixed { get; } = From(FixedBase);

    /// <summary>Ports in a row.</summary>
    public static LocalPorts From(int first) => new(
        first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7, first + 8, first + 9, first + 10, first + 11, first + 12, first + 13);

    /// <summary>
    /// Any that are free. Two have to be known before anything starts: the API's own, because it is part of what phones sign, and the
    /// console's, because API and sign-in let only its origin in.
    /// </summary>
    public static LocalPorts Free() => new(FreePorts.Next(), 0, 0, 0, 0, 0, 0, 0, 0, FreePorts.Next(), 0, FreePorts.Next(), 0, 0);

    /// <summary>The console's origins: a browser takes both names of this machine for different ones.</summary>
    public IReadOnlyList<string> ConsoleOrigins() => [$"http://127.0.0.1:{Console}", $"http://localhost:{Console}"];

    /// <summary>Makes sure that all of them are free, before anything is begun that would have to be undone.</summary>
    /// <param name="withoutHost">Whether somebody else starts the Functions host, and may have done so already.</param>
    /// <exception cref="InvalidDataException">One is in use.</exception>
    public void CheckFree(bool withoutHost = false)
    {
        // The port of the function app is not ours: somebody else may have started it already.
        foreach (var port in (ReadOnlySpan<int>)[Functions, SignIn, Cosmos, ServiceBus, Fcm, FcmToken, Apns, ApnsSandbox, Control, Console, DemoApp, Smtp, EventGrid])
        {
            if (!(withoutHost && port == Functions) && !FreePorts.IsFree(port))
            {
                throw new InvalidDataException(
                    $"Port {port} of 127.0.0.1 is in use: stop what listens there, or choose other ports with -- --port-base N.");
            }
        }
    }
}
