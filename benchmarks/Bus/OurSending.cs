using BlokSec.Functions.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlokSec.Benchmarks.Bus;

/// <summary>The app's sender, registered and connected as in the app.</summary>
internal sealed class OurSending : ISending
{
    private readonly IHost host;
    private readonly QueueSender queues;

    private OurSending(IHost host)
    {
        this.host = host;
        queues = host.Services.GetRequiredService<QueueSender>();
    }

    public static async Task<OurSending> StartAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddMessaging();
        builder.Services.AddSingleton(TimeProvider.System);
        var host = builder.Build();
        await host.StartAsync();
        return new OurSending(host);
    }

    public Task SendAsync(RevokePushMessage message) => queues.SendAsync(Queues.RevokePushes, message, due: null, CancellationToken.None);

    public Task SendAllAsync(RevokePushMessage[] messages) => queues.SendAllAsync(Queues.DeviceDeletions, messages, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
