using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Local;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Csv;

/// <summary>Files that are written while they are read.</summary>
public sealed class StreamedExportTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly Deadline deadline = new();
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task A_file_may_take_longer_than_any_other_answer()
    {
        using var body = new MemoryStream();
        using var connection = new Connection();

        await ExportAsync(body, LinesAsync(), connection);

        Assert.Equal("before: False\nafter: False\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Fact]
    public async Task A_file_that_is_not_whole_at_its_deadline_is_cut()
    {
        using var body = new MemoryStream();
        using var connection = new Connection();

        var export = ExportAsync(body, EndlessAsync(Stop), connection);
        time.Advance(StreamedExport.Deadline - TimeSpan.FromSeconds(1));
        Assert.False(export.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => export.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.True(connection.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_is_cut_off_at_the_deadline()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        using var connection = new Connection();
        await using var cut = connection.RequestAborted.Register(() => pipe.Reader.Complete());

        var export = ExportAsync(pipe.Writer.AsStream(), LinesAsync(), connection);
        Assert.False(export.IsCompleted);
        time.Advance(StreamedExport.Deadline);

        await export.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.True(connection.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public void The_host_ends_no_export()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(LocalFolders.FunctionApp, "host.json")));
        var end = TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture);

        // The deadline of other answers holds until the first line is sent.
        Assert.True(RequestLimits.Deadline + StreamedExport.Deadline < end);
    }

    private Task ExportAsync(Stream body, IAsyncEnumerable<string> lines, Connection connection)
    {
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        context.Features.Set<IHttpRequestTimeoutFeature>(deadline);
        context.Features.Set<IHttpRequestLifetimeFeature>(connection);
        return StreamedExport.Of(context, lines, "text/csv", "users.csv", time).ExecuteAsync(context);
    }

    private async IAsyncEnumerable<string> LinesAsync()
    {
        yield return $"before: {deadline.IsCounting}\n";
        await Task.CompletedTask;
        yield return $"after: {deadline.IsCounting}\n";
    }

    private static async IAsyncEnumerable<string> EndlessAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return "userId\n";
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>The deadline of other answers.</summary>
    private sealed class Deadline : IHttpRequestTimeoutFeature
    {
        public bool IsCounting { get; private set; } = true;

        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public void DisableTimeout() => IsCounting = false;
    }

    private sealed class Connection : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource aborted = new();

        public CancellationToken RequestAborted
        {
            get => aborted.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => aborted.Cancel();

        public void Dispose() => aborted.Dispose();
    }
}
