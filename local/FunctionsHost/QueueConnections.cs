using Azure.Messaging.ServiceBus;

namespace BlokSec.Local.FunctionsHost;

/// <summary>The connections to Service Bus, one for each setting that names one.</summary>
/// <param name="settings">App settings.</param>
internal sealed class QueueConnections(IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly ServiceBusClientOptions Options = new()
    {
        RetryOptions = { Delay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromSeconds(2), MaxRetries = 3 },
    };

    private readonly Dictionary<string, ServiceBusClient> clients = [];

    /// <summary>Receives the messages of a function's queue under locks.</summary>
    /// <exception cref="InvalidDataException">The setting is missing or not supported.</exception>
    public ServiceBusReceiver Receiver(QueueFunction function)
    {
        lock (clients)
        {
            if (!clients.TryGetValue(function.Connection, out var client))
            {
                client = Connect(function);
                clients[function.Connection] = client;
            }

            return client.CreateReceiver(function.Queue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            await client.DisposeAsync();
        }
    }

    private ServiceBusClient Connect(QueueFunction function)
    {
        try
        {
            return new ServiceBusClient(ConnectionString(function), Options);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new InvalidDataException($"Function {function.Name}: the setting {function.Connection} is no connection string of Service Bus.", exception);
        }
    }

    private string ConnectionString(QueueFunction function)
    {
        if (Setting(function.Connection) is { Length: > 0 } value)
        {
            return value;
        }

        var identity = $"{function.Connection}__fullyQualifiedNamespace";
        throw new InvalidDataException(
            Setting(identity) is null
                ? $"Function {function.Name}: the setting {function.Connection} is missing."
                : $"Function {function.Name}: the local host needs a connection string in {function.Connection}; {identity} is not supported locally.");
    }

    private string? Setting(string name) => settings.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name);
}
