namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// A handler that somebody else starts, stops and starts again, such as a debugger. While it is away, requests and messages wait for it,
/// so that no message uses up its deliveries.
/// </summary>
internal sealed class AwaitedHandler(Uri address, HttpMessageInvoker prober, Action<string> output) : IHandler
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);

    private volatile bool isThere;

    public async Task<Uri> ReadyAsync(CancellationToken cancellationToken)
    {
        while (!isThere)
        {
            if (await AnswersAsync(cancellationToken))
            {
                isThere = true;
                output($"The function app answers at {address}.");
                break;
            }

            await Task.Delay(ProbeInterval, cancellationToken);
        }

        return address;
    }

    public void Answered()
    {
    }

    public Task UnreachableAsync(Uri address)
    {
        isThere = false;
        return Task.CompletedTask;
    }

    public Task KillAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var probe = new HttpRequestMessage(HttpMethod.Get, address);
        try
        {
            using var answer = await prober.SendAsync(probe, cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
