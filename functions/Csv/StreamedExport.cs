using Microsoft.AspNetCore.Http.Timeouts;

namespace BlokSec.Functions.Csv;

/// <summary>A file that is written while it is read from the database, so that memory holds a page of it at most.</summary>
internal static class StreamedExport
{
    /// <summary>
    /// How long a file may take. The host ends a call after the <c>functionTimeout</c> of <c>host.json</c> by ending the app, together with whatever else
    /// it does: an export ends before.
    /// </summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    /// <summary>Answers with a file.</summary>
    /// <param name="context">The request.</param>
    /// <param name="lines">
    /// What it holds, with the ends of lines. When it throws, or is not done at the deadline, the connection is cut: a part must not look like the whole.
    /// </param>
    /// <param name="contentType">What kind of file.</param>
    /// <param name="fileName">How it is called.</param>
    /// <param name="time">The clock of the deadline.</param>
    public static IResult Of(HttpContext context, IAsyncEnumerable<string> lines, string contentType, string fileName, TimeProvider time) =>
        TypedResults.Stream(body => WriteAsync(context, body, lines, time), contentType, fileName);

    private static async Task WriteAsync(HttpContext context, Stream body, IAsyncEnumerable<string> lines, TimeProvider time)
    {
        // Each page has the database's deadline, and whoever leaves ends the whole.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);

        // What a receiver does not take is never flushed: the connection is cut before the writer is closed.
        await using var cut = stop.Token.Register(context.Abort);
        var isWhole = false;
        try
        {
            await using var writer = new StreamWriter(body, leaveOpen: true);
            await foreach (var line in lines.WithCancellation(stop.Token))
            {
                await writer.WriteAsync(line.AsMemory(), stop.Token);
            }

            isWhole = true;
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"An export took longer than {Deadline}.", exception);
        }
        finally
        {
            if (!isWhole)
            {
                context.Abort();
            }
        }
    }
}
