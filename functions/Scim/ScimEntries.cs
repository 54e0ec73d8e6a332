using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>The values of one multi-valued attribute while operations change them.</summary>
/// <param name="parent">What holds the attribute.</param>
/// <param name="attribute">The attribute.</param>
internal sealed class ScimEntries(JsonObject parent, ScimAttribute attribute)
{
    private readonly List<JsonObject> entries = parent[attribute.Name] is JsonArray found ? [.. found.OfType<JsonObject>()] : [];

    /// <summary>Takes values away of which no more than type and primary is left.</summary>
    public static void DropEmpty(JsonObject resource)
    {
        foreach (var attribute in ScimSchemas.User.Attributes.Where(attribute => attribute.IsMultiValued))
        {
            var entries = new ScimEntries(resource, attribute);
            if (entries.entries.RemoveAll(entry => entry.All(member => member.Key is "type" or "primary")) > 0)
            {
                entries.Store();
            }
        }
    }

    /// <summary>Carries an operation out.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="filter">Which values; null for all.</param>
    /// <param name="sub">Which sub-attribute of them; null for the values as a whole.</param>
    /// <param name="value">What to add, to set, or, without filter and sub-attribute, to remove.</param>
    public void Apply(ScimPatchKind kind, ScimFilter? filter, ScimAttribute? sub, JsonNode? value)
    {
        var earlier = entries.FirstOrDefault(ScimValues.IsPrimary);
        var matches = filter is null ? [.. entries] : entries.Where(filter.IsMetByValue).ToList();
        if (kind == ScimPatchKind.Remove)
        {
            Remove(matches, filter, sub, value);
        }
        else if (filter is null && sub is null)
        {
            Put(kind, value);
        }
        else
        {
            if (matches.Count == 0)
            {
                matches = [Create(filter)];
            }

            Change(matches, kind, filter, sub, value);
        }

        KeepOnePrimary(earlier);
        Store();
    }

    private void Remove(List<JsonObject> matches, ScimFilter? filter, ScimAttribute? sub, JsonNode? value)
    {
        if (sub is not null)
        {
            matches.ForEach(entry => entry.Remove(sub.Name));
            entries.RemoveAll(entry => entry.Count == 0);
            return;
        }

        // Without a filter, a value says which to remove.
        var named = filter is null && value is not null ? ScimValues.Several(attribute, value) : null;
        entries.RemoveAll(entry => matches.Contains(entry) && (named is null || named.Any(one => IsNamedBy(entry, (JsonObject)one))));
    }

    /// <summary>Every member that the value has is the same in the entry.</summary>
    private static bool IsNamedBy(JsonObject entry, JsonObject value) => value.All(member => JsonNode.DeepEquals(member.Value, entry[member.Key]));

    private void Put(ScimPatchKind kind, JsonNode? value)
    {
        var sent = ScimValues.Read(attribute, value) is JsonArray read ? read.OfType<JsonObject>().Select(entry => entry.DeepClone().AsObject()).ToArray() : [];
        if (kind == ScimPatchKind.Replace)
        {
            entries.Clear();
        }

        // What is there already is not added again.
        entries.AddRange(sent.Where(one => !entries.Exists(entry => JsonNode.DeepEquals(entry, one))));
    }

    private void Change(List<JsonObject> matches, ScimPatchKind kind, ScimFilter? filter, ScimAttribute? sub, JsonNode? value)
    {
        foreach (var entry in matches)
        {
            var changes = sub is not null ? new JsonObject { [sub.Name] = value?.DeepClone() } : ScimValues.Members(attribute, value!);
            if (sub is null && kind == ScimPatchKind.Replace)
            {
                // The value takes the place of the entry, which is still the one that the filter finds.
                entry.Clear();
                ScimPatch.Merge(entry, attribute, Equalities(filter) ?? []);
            }

            ScimPatch.Merge(entry, attribute, changes);
        }
    }

    /// <summary>A new entry that the filter finds. Directories set a value for the first time in this way (RFC 7644 has noTarget for it).</summary>
    private JsonObject Create(ScimFilter? filter)
    {
        var entry = new JsonObject();
        if (filter is not null)
        {
            ScimPatch.Merge(entry, attribute, Equalities(filter) ?? throw ScimRefusal.NoTarget("The filter in the path finds no value."));
        }

        entries.Add(entry);
        return entry;
    }

    /// <summary>The values that the filter asks for, when it asks for nothing else.</summary>
    private static JsonObject? Equalities(ScimFilter? filter) => filter switch
    {
        ScimFilter.Compare { Operator: ScimOperator.Eq, Value: { } value } compare => new JsonObject { [compare.Path.Sub!.Name] = value.DeepClone() },
        ScimFilter.And both when Equalities(both.Left) is { } left && Equalities(both.Right) is { } right => Joined(left, right),
        _ => null,
    };

    private static JsonObject Joined(JsonObject left, JsonObject right)
    {
        foreach (var (name, value) in right)
        {
            left[name] = value?.DeepClone();
        }

        return left;
    }

    /// <summary>Who becomes primary takes it from the one before (RFC 7644, section 3.5.2).</summary>
    private void KeepOnePrimary(JsonObject? earlier)
    {
        var primaries = entries.Where(ScimValues.IsPrimary).ToList();
        if (primaries.Count > 1 && earlier is not null && primaries.Remove(earlier))
        {
            earlier["primary"] = false;
        }

        if (primaries.Count > 1)
        {
            throw ScimRefusal.InvalidValue($"Only one of {attribute.Name} is primary.");
        }
    }

    private void Store()
    {
        if (entries.Count > ScimValues.MaxValues)
        {
            throw ScimValues.TooMany(attribute);
        }

        if (entries.Count == 0)
        {
            parent.Remove(attribute.Name);
            return;
        }

        parent[attribute.Name] = new JsonArray([.. entries.Select(entry => entry.DeepClone())]);
    }
}
