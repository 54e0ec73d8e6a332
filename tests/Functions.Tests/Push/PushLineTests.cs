using BlokSec.Functions.Push;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Push;

public sealed class PushLineTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    [Fact]
    public async Task A_push_that_entered_a_line_just_before_it_was_given_up_moves_to_the_next_one_at_once()
    {
        using var connection = new PushConnection(Nowhere, several: false);
        var line = new PushLine(connection, new HttpMessageInvoker(new SilentHandler()));
        using var deadline = new PushDeadline(TimeSpan.FromSeconds(10), new FakeTimeProvider(), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Nowhere);

        Assert.True(line.TryEnter(deadline));
        line.Leave();
        var sending = line.SendAsync(request, deadline);

        Assert.True(deadline.Moves);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    /// <summary>Has no stream for anybody.</summary>
    private sealed class SilentHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
