namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>One whole system for all tests of a class, whose clock moves only when a test moves it.</summary>
public sealed class StoppedClock : IAsyncLifetime
{
    internal TestCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cloud = await TestCloud.StartAsync();
        Cloud.Time.Stop();
    }

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();
}
