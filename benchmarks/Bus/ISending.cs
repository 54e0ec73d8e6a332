using BlokSec.Functions.Messaging;

namespace BlokSec.Benchmarks.Bus;

/// <summary>One of the two that are compared.</summary>
internal interface ISending : IAsyncDisposable
{
    Task SendAsync(RevokePushMessage message);

    Task SendAllAsync(RevokePushMessage[] messages);
}
