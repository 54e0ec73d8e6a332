namespace BlokSec.Local.Cosmos;

/// <summary>
/// The resource that a path names: <c>/dbs/{database}/colls/{container}/docs/{item}</c> and what stands above it. Databases and
/// containers are named by id or by resource id.
/// </summary>
/// <param name="Kind">The last kind of resource in the path, such as <c>docs</c>; empty for the account.</param>
/// <param name="Database">The database; null for the account and the list of databases.</param>
/// <param name="Container">The container, if the path goes that far.</param>
/// <param name="Item">What is named inside the container, if the path goes that far.</param>
/// <param name="Link">The path without slashes at its ends, as signatures use it.</param>
internal sealed record ResourcePath(string Kind, string? Database, string? Container, string? Item, string Link)
{
    public bool IsAccount => Kind.Length == 0;

    /// <summary>The resource that a signature names: the path itself, or its parent for a list of resources.</summary>
    public string SignedLink => Link.Split('/').Length % 2 == 0 ? Link : Link[..Math.Max(0, Link.LastIndexOf('/'))];

    public static ResourcePath Parse(PathString path)
    {
        var link = (path.Value ?? string.Empty).Trim('/');
        var parts = link.Length == 0 ? [] : link.Split('/');
        var known = parts.Length switch
        {
            0 => true,
            1 or 2 => parts[0] == "dbs",
            3 or 4 => parts[0] == "dbs" && parts[2] == "colls",
            5 or 6 => parts[0] == "dbs" && parts[2] == "colls",
            _ => false,
        };
        return known
            ? new(parts.Length == 0 ? string.Empty : parts[(parts.Length - 1) / 2 * 2], At(1), At(3), At(5), link)
            : new("unknown", null, null, null, link);

        string? At(int index) => index < parts.Length ? parts[index] : null;
    }
}
