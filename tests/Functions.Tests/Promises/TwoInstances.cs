using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>One whole system for all tests of a class, with a second instance of the app.</summary>
public sealed class TwoInstances : IAsyncLifetime
{
    private Uri other = null!;

    internal TestCloud Cloud { get; private set; } = null!;

    /// <summary>Where an instance listens: 0 or 1.</summary>
    internal Uri this[int instance] => instance == 0 ? Cloud.Cloud.ApiAddress : other;

    public async ValueTask InitializeAsync()
    {
        Cloud = await TestCloud.StartAsync();
        other = await Cloud.StartAnotherAsync();
    }

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();
}
