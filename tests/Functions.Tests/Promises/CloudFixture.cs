using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>One whole system for all tests of a class; each test makes users of its own and takes its faults away again.</summary>
public sealed class CloudFixture : IAsyncLifetime
{
    internal TestCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await TestCloud.StartAsync();

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();
}
