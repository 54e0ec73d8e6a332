using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>One system for all tests of the wire. They run one after the other: what reaches the database meanwhile is theirs.</summary>
[CollectionDefinition(Name)]
public sealed class WireCloud : ICollectionFixture<OpenCloud>
{
    public const string Name = "wire";
}
