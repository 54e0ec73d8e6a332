using BlokSec.Local.Faults;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Sasl;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// Listens for AMQP 1.0 connections, in clear text, as Service Bus's clients make them to an emulator.
/// </summary>
internal sealed class AmqpDoor : IDisposable
{
    // What the service itself says; clients keep their connections alive by it.
    private const uint IdleMilliseconds = 240_000;

    private readonly AmqpConnectionListener listener;
    private readonly BusRuntime runtime;

    private AmqpDoor(AmqpConnectionListener listener, BusRuntime runtime, int port)
    {
        this.listener = listener;
        this.runtime = runtime;
        Address = new Uri($"amqp://127.0.0.1:{port}/");
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen at a port of 127.0.0.1; 0 for any that is free.</summary>
    public static AmqpDoor Open(int port, IReadOnlyDictionary<string, MessageQueue> queues, AccessRules rules, Traffic traffic)
    {
        var runtime = new BusRuntime(queues, rules, new FaultGate(traffic, "servicebus", BusGate.Operations));
        var at = port == 0 ? FreePorts.Next() : port;
        return new AmqpDoor(Listen(at, runtime, rules), runtime, at);
    }

    public void Dispose()
    {
        listener.Close();
        runtime.Dispose();
    }

    private static AmqpConnectionListener Listen(int port, BusRuntime runtime, AccessRules rules)
    {
        var listener = new AmqpConnectionListener(
            [$"amqp://127.0.0.1:{port}"],
            new AmqpSettings { RuntimeProvider = runtime, TransportProviders = { Sasl(rules) } },
            new AmqpConnectionSettings { ContainerId = "bloksec-local-servicebus", IdleTimeOut = IdleMilliseconds, MaxFrameSize = 64 * 1024 });
        listener.Open();
        return listener;
    }

    private static SaslTransportProvider Sasl(AccessRules rules)
    {
        var provider = new SaslTransportProvider();
        provider.Versions.Add(new AmqpVersion(1, 0, 0));
        provider.AddHandler(new SaslAnonymousHandler("MSSBCBS"));
        provider.AddHandler(new SaslAnonymousHandler());
        if (rules.Key is { } key)
        {
            provider.AddHandler(new SaslPlainHandler(new PlainAuthenticator(key)));
        }

        return provider;
    }
}
