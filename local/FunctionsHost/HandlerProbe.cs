namespace BlokSec.Local.FunctionsHost;

/// <summary>Asks the handler as the real host does, a bare <c>GET /</c> every 25 ms; any answer counts.</summary>
internal static class HandlerProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Probes until something answers; false when it was cancelled before.</summary>
    public static async Task<bool> AnswersAsync(HttpMessageInvoker prober, Uri address, CancellationToken cancellationToken)
    {
        using var interval = new PeriodicTimer(Interval);
        try
        {
            while (!await AnswersOnceAsync(prober, address, cancellationToken))
            {
                await interval.WaitForNextTickAsync(cancellationToken);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersOnceAsync(HttpMessageInvoker prober, Uri address, CancellationToken cancellationToken)
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
