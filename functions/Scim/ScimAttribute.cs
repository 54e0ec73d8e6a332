namespace BlokSec.Functions.Scim;

/// <summary>The data types of attributes (RFC 7643, section 2.3), as far as users have them.</summary>
internal enum ScimKind
{
    Text,
    Flag,
    Moment,
    Reference,
    Number,
    Complex,
}

/// <summary>Who may change an attribute (RFC 7643, section 7).</summary>
internal enum ScimMutability
{
    ReadWrite,

    /// <summary>Sent back by clients that echo what they read: left out where it stands in a resource, refused as the target of an operation.</summary>
    ReadOnly,

    /// <summary>Known, and never stored: passwords, roles and keys are nothing that a directory decides about here. Left out wherever it stands.</summary>
    Dropped,
}

/// <summary>An attribute of a schema, or a sub-attribute.</summary>
/// <param name="Name">Its name, as it is written; compared without case.</param>
/// <param name="Kind">Its data type.</param>
/// <param name="Description">For people who map attributes.</param>
internal sealed record ScimAttribute(string Name, ScimKind Kind, string Description)
{
    public bool IsMultiValued { get; init; }

    public bool IsRequired { get; init; }

    public bool IsCaseExact { get; init; }

    public bool IsUnique { get; init; }

    public ScimMutability Mutability { get; init; }

    /// <summary>Part of every answer, whatever was asked for.</summary>
    public bool IsAlwaysReturned { get; init; }

    public IReadOnlyList<string> CanonicalValues { get; init; } = [];

    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];

    public IReadOnlyList<ScimAttribute> SubAttributes { get; init; } = [];

    /// <summary>The sub-attribute of this name; null when there is none.</summary>
    public ScimAttribute? Sub(string name) =>
        SubAttributes.FirstOrDefault(sub => sub.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A schema: attributes under one URN.</summary>
/// <param name="Urn">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it describes.</param>
/// <param name="Attributes">Those that a directory may set, as the service tells them.</param>
/// <param name="Hidden">Those that are known besides: common ones (RFC 7643, section 3.1) and those that are never stored.</param>
internal sealed record ScimSchema(
    string Urn, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes, IReadOnlyList<ScimAttribute> Hidden)
{
    /// <summary>The attribute of this name; null when there is none.</summary>
    public ScimAttribute? Find(string name) =>
        Attributes.Concat(Hidden).FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
