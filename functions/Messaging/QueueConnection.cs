namespace BlokSec.Functions.Messaging;

/// <summary>
/// Connects to the bus once the app has started, so that no request waits for that. It neither delays the start nor makes it fail: the next
/// message opens a connection.
/// </summary>
internal sealed partial class QueueConnection(QueueLinks links, IHostApplicationLifetime lifetime, ILogger<QueueConnection> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        foreach (var queue in Queues.All)
        {
            try
            {
                await links.OpenAsync(queue, stoppingToken);
            }
            catch (Exception exception) when (QueueSender.IsOutage(exception) && !stoppingToken.IsCancellationRequested)
            {
                Log.NotConnected(logger, exception, queue);
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The bus cannot be reached for queue {Queue}; the next message opens a new connection.")]
        public static partial void NotConnected(ILogger logger, Exception exception, string queue);
    }
}
