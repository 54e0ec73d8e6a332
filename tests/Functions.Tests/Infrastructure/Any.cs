using CsCheck;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>Chooses among values; one that is named more often is chosen more often.</summary>
internal static class Any
{
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
