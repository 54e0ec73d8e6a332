using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>How a filter compares.</summary>
internal enum ScimOperator
{
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

/// <summary>A filter (RFC 7644, section 3.4.2.2).</summary>
internal abstract record ScimFilter
{
    private ScimFilter()
    {
    }

    /// <summary>Both hold.</summary>
    internal sealed record And(ScimFilter Left, ScimFilter Right) : ScimFilter;

    /// <summary>One holds at least.</summary>
    internal sealed record Or(ScimFilter Left, ScimFilter Right) : ScimFilter;

    /// <summary>It does not hold.</summary>
    internal sealed record Not(ScimFilter Inner) : ScimFilter;

    /// <summary>A value of the attribute compares so.</summary>
    /// <param name="Path">The attribute; inside of brackets, a sub-attribute as if it were one.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Value">A string, true, false or null, of the attribute's kind.</param>
    internal sealed record Compare(ScimPath Path, ScimOperator Operator, JsonValue? Value) : ScimFilter;

    /// <summary>The attribute has a value.</summary>
    internal sealed record Present(ScimPath Path) : ScimFilter;

    /// <summary>One value of a multi-valued attribute meets all of the inner filter.</summary>
    internal sealed record Any(ScimPath Path, ScimFilter Inner) : ScimFilter;
}
