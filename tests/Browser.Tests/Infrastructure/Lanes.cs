[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>Tests that look at one user. They have a whole system and a browser of their own, and run beside those of <see cref="TenantPages"/>.</summary>
[CollectionDefinition]
public sealed class UserPages : ICollectionFixture<BrowserCloud>;

/// <summary>Tests that look at the tenant as a whole, or change it for everybody.</summary>
[CollectionDefinition]
public sealed class TenantPages : ICollectionFixture<BrowserCloud>;
