using System.Diagnostics.CodeAnalysis;

namespace BlokSec.Functions.Scim;

/// <summary>An attribute that somebody names: in the path of an operation, in a filter, as a member of a resource.</summary>
/// <param name="Schema">The schema that it belongs to.</param>
/// <param name="Attribute">The attribute; null when the path names the extension as a whole.</param>
/// <param name="Sub">The sub-attribute that is meant; null for all of the attribute.</param>
internal sealed record ScimPath(ScimSchema Schema, ScimAttribute? Attribute, ScimAttribute? Sub)
{
    /// <summary>Characters of a path or a name.</summary>
    public const int MaxLength = 400;

    public bool IsOfExtension => Schema != ScimSchemas.User;

    /// <summary>Who may change what the path names.</summary>
    public ScimMutability Mutability => Sub is { Mutability: not ScimMutability.ReadWrite } ? Sub.Mutability : Attribute?.Mutability ?? ScimMutability.ReadWrite;

    /// <summary>
    /// Reads <c>attribute</c>, <c>attribute.sub</c>, <c>{schema}:attribute.sub</c> or <c>{schema}</c>, without case. The schema's name has points
    /// and colons of its own, so that it is looked for as a whole. An attribute of the extension is known without its schema too.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScimPath? path)
    {
        path = null;
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        if (ScimSchemas.All.FirstOrDefault(schema => text.StartsWith(schema.Urn, StringComparison.OrdinalIgnoreCase)) is not { } named)
        {
            return TryFind(ScimSchemas.User, text, out path) || TryFind(ScimSchemas.Enterprise, text, out path);
        }

        var rest = text.AsSpan(named.Urn.Length);
        if (rest.IsEmpty)
        {
            path = new ScimPath(named, Attribute: null, Sub: null);
            return true;
        }

        return rest[0] == ':' && TryFind(named, rest[1..].ToString(), out path);
    }

    private static bool TryFind(ScimSchema schema, string text, [NotNullWhen(true)] out ScimPath? path)
    {
        path = null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (schema.Find(dot < 0 ? text : text[..dot]) is not { } attribute)
        {
            return false;
        }

        if (dot < 0)
        {
            path = new ScimPath(schema, attribute, Sub: null);
            return true;
        }

        if (attribute.Mutability != ScimMutability.ReadWrite && attribute.SubAttributes.Count == 0 && attribute.Kind == ScimKind.Complex)
        {
            // What is not stored has no sub-attributes here, and any may be named.
            path = new ScimPath(schema, attribute, Sub: null);
            return true;
        }

        path = attribute.Sub(text[(dot + 1)..]) is { } sub ? new ScimPath(schema, attribute, sub) : null;
        return path is not null;
    }
}
