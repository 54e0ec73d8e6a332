using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using BlokSec.Local.Live;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Posts envelopes to the handler and judges its answers.</summary>
internal sealed class Invoker(
    IHandler handler,
    HttpMessageInvoker client,
    Deadline deadline,
    Action<string> output,
    Action<LiveEvent> watch,
    CancellationToken stopping)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json", "utf-8");

    private enum Verdict
    {
        Success,
        Failure,

        /// <summary>A success without a result, for which the real host waits until the time is over.</summary>
        Hang,
    }

    /// <summary>Invokes a function; false when it failed. Waits for a handler that is starting.</summary>
    public async Task<bool> InvokeAsync(Function function, byte[] envelope)
    {
        var start = Stopwatch.GetTimestamp();
        var isSuccess = await TryInvokeAsync(function, envelope);
        if (function is QueueFunction queue && !stopping.IsCancellationRequested)
        {
            watch(new LiveEvent(
                "message",
                $"from {queue.Queue} to {queue.Name}",
                string.Create(CultureInfo.InvariantCulture, $"{(isSuccess ? "done" : "failed")} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"),
                isSuccess ? LiveLevel.Normal : LiveLevel.Failure));
        }

        return isSuccess;
    }

    private async Task<bool> TryInvokeAsync(Function function, byte[] envelope)
    {
        Uri? address = null;
        using var time = deadline.Start(stopping);
        try
        {
            address = await handler.ReadyAsync(time.Token);
            using var request = Request(function, envelope, address);
            using var answer = await client.SendAsync(request, time.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(time.Token);
            handler.Answered();
            var verdict = Judge(answer, body, out var why);
            if (verdict != Verdict.Success)
            {
                output($"{function.Name} failed: {why}.");
            }

            if (verdict == Verdict.Hang)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time.Token);
            }

            return verdict == Verdict.Success;
        }
        catch (HandlerLostException)
        {
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            output($"{function.Name} failed: {exception.Message}");
            await handler.UnreachableAsync(address!);
            return false;
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
            {
                output($"{function.Name} took longer than functionTimeout; the handler is killed.");
                await handler.KillAsync();
            }

            return false;
        }
    }

    private static HttpRequestMessage Request(Function function, byte[] envelope, Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/{function.Name}"))
        {
            Content = new ByteArrayContent(envelope) { Headers = { ContentType = Json } },
        };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.TryAddWithoutValidation("User-Agent", HandlerClient.UserAgent);
        HandlerClient.AddHostHeaders(request);
        return request;
    }

    /// <summary>Success is 2xx with a JSON object; nothing or <c>null</c> leaves the real host waiting.</summary>
    private static Verdict Judge(HttpResponseMessage answer, byte[] body, out string? why)
    {
        why = null;
        if (!answer.IsSuccessStatusCode)
        {
            why = $"the handler answered {(int)answer.StatusCode}";
            return Verdict.Failure;
        }

        if (body.AsSpan().Trim(" \t\r\n"u8) is { IsEmpty: true } or [(byte)'n', (byte)'u', (byte)'l', (byte)'l'])
        {
            why = $"the handler answered {(int)answer.StatusCode} without a result, for which the host waits until functionTimeout; answer {{}}";
            return Verdict.Hang;
        }

        if (answer.Content.Headers.ContentType?.MediaType != "application/json" || !IsObject(body))
        {
            why = $"the handler answered {(int)answer.StatusCode}, but not with a JSON object as application/json";
            return Verdict.Failure;
        }

        return Verdict.Success;
    }

    private static bool IsObject(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
