using BlokSec.Local.Cosmos.Keys;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class EffectivePartitionKeyTests
{
    /// <summary>As Microsoft.Azure.Cosmos 3.64 sent it for a query with the key prefix ["t1"].</summary>
    private const string Recorded = "3D48BB14DA9D090D22112C96695028B6";

    [Fact]
    public void The_hash_of_a_prefix_is_the_one_that_the_SDK_computes() => Assert.Equal(Recorded, PartitionKeyValue.Parse("[\"t1\"]").Effective);

    [Fact]
    public void The_hash_of_a_key_starts_with_the_hash_of_its_prefix()
    {
        var key = PartitionKeyValue.Parse("[\"t1\",\"u1\"]");
        Assert.StartsWith(Recorded, key.Effective, StringComparison.Ordinal);
        Assert.Equal(64, key.Effective.Length);
        Assert.InRange(string.CompareOrdinal(key.Effective, Recorded + "FF"), int.MinValue, -1);
    }

    [Theory]
    [InlineData("[1]", "[1.0]", true)]
    [InlineData("[\"1\"]", "[1]", false)]
    [InlineData("[null]", "[{}]", false)]
    [InlineData("[true]", "[false]", false)]
    public void Values_of_different_types_are_different(string one, string other, bool same)
    {
        Assert.Equal(same, PartitionKeyValue.Parse(one).Effective == PartitionKeyValue.Parse(other).Effective);
        Assert.Equal(same, PartitionKeyValue.Parse(one).Text == PartitionKeyValue.Parse(other).Text);
    }
}
