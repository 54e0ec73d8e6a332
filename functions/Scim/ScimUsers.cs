using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Scim;

/// <summary>What of a resource the service knows itself: what administrators see, search and change too.</summary>
/// <param name="GivenName">First name, as it may be shown.</param>
/// <param name="FamilyName">Last name, as it may be shown; empty when the directory gave none.</param>
/// <param name="DisplayName">The name that people see; null when there is none that may be shown.</param>
/// <param name="Email">The work email, else the primary one, else the first; empty when none is an email address.</param>
/// <param name="Mobile">The mobile number in E.164; null when there is none.</param>
/// <param name="Department">The department of the enterprise extension; null when there is none that may be shown whole.</param>
internal sealed record ScimCore(string GivenName, string FamilyName, string? DisplayName, string Email, string? Mobile, string? Department)
{
    private const int MaxName = 100;

    private const int MaxDisplayName = 200;

    public static ScimCore Of(JsonObject resource)
    {
        var name = resource["name"] as JsonObject;
        var given = Shown(name?["givenName"], MaxName);
        var family = Shown(name?["familyName"], MaxName);
        if (given is null && family is null)
        {
            given = Shown(resource["displayName"], MaxName) ?? Shown(name?["formatted"], MaxName) ?? Shown(resource["userName"], MaxName);
        }

        return new ScimCore(given ?? "", family ?? "", Shown(resource["displayName"], MaxDisplayName), EmailOf(resource), MobileOf(resource), DepartmentOf(resource));
    }

    /// <summary>The entry that counts: of this type, else the primary one, else the first.</summary>
    public static JsonObject? EntryOf(JsonObject resource, string attribute, string type, bool elseAny)
    {
        var entries = resource[attribute] is JsonArray array ? array.OfType<JsonObject>().ToList() : [];
        return entries.Find(entry => type.Equals(entry["type"]?.GetValue<string>(), StringComparison.OrdinalIgnoreCase))
            ?? (elseAny ? entries.Find(ScimValues.IsPrimary) ?? entries.FirstOrDefault() : null);
    }

    private static string EmailOf(JsonObject resource) =>
        EntryOf(resource, "emails", "work", elseAny: true)?["value"]?.GetValue<string>().Trim() is { } email && EmailTextAttribute.Fault(email) is null ? email : "";

    private static string? MobileOf(JsonObject resource) =>
        EntryOf(resource, "phoneNumbers", "mobile", elseAny: false)?["value"]?.GetValue<string>() is { } mobile ? MobileNumbers.Normalize(mobile) : null;

    /// <summary>Never cut off, as that would be another department: one that cannot be shown whole counts as none, which no limited administrator sees.</summary>
    private static string? DepartmentOf(JsonObject resource) =>
        resource[ScimSchemas.EnterpriseUrn]?["department"]?.GetValue<string>() is { } sent
        && DisplayTexts.Normalized(sent) is var department && DisplayText.Fault(department, AdministratorScope.MaxDepartment) is null
            ? department
            : null;

    private static string? Shown(JsonNode? text, int maxCharacters) => DisplayTexts.Clean(text?.GetValue<string>(), maxCharacters);
}

/// <summary>Users as a directory sees them: what it sent, with what the service and administrators changed since.</summary>
internal static class ScimUsers
{
    /// <summary>Why a user is suspended whom a directory deactivated.</summary>
    public const string Reason = "Deactivated by the directory";

    /// <summary>The user's attributes: all of the resource but <c>schemas</c>, <c>id</c> and <c>meta</c>.</summary>
    public static JsonObject Attributes(UserDocument user)
    {
        var attributes = user.ScimAttributes?.DeepClone().AsObject() ?? [];
        attributes["userName"] = user.UserName ?? (user.Email.Length > 0 ? user.Email : user.UserId);
        Set(attributes, "externalId", user.ExternalId);
        if (user.Suspension is { Kind: not AuditActorKinds.Directory } || user.ScimAttributes is null || attributes.ContainsKey("active"))
        {
            attributes["active"] = !user.IsBarred;
        }

        var core = ScimCore.Of(attributes);
        if (core.GivenName != user.GivenName || core.FamilyName != user.FamilyName)
        {
            var name = attributes["name"] as JsonObject ?? [];
            attributes["name"] = name;
            name.Remove("formatted");
            Set(name, "givenName", user.GivenName);
            Set(name, "familyName", user.FamilyName);
        }

        if (core.DisplayName != user.DisplayName)
        {
            Set(attributes, "displayName", user.DisplayName);
        }

        // Of a user of before, only the directory's own words tell the department.
        if (user.Department is not null && (core.Department ?? "") != user.Department)
        {
            var enterprise = attributes[ScimSchemas.EnterpriseUrn] as JsonObject ?? [];
            attributes[ScimSchemas.EnterpriseUrn] = enterprise;
            Set(enterprise, "department", user.Department);
            if (enterprise.Count == 0)
            {
                attributes.Remove(ScimSchemas.EnterpriseUrn);
            }
        }

        if (core.Email != user.Email)
        {
            SetEntry(attributes, "emails", "work", elseAny: true, user.Email);
        }

        if (core.Mobile != user.Mobile)
        {
            SetEntry(attributes, "phoneNumbers", "mobile", elseAny: false, user.Mobile);
        }

        return attributes;
    }

    /// <summary>The user with these attributes.</summary>
    /// <param name="user">The user as it is.</param>
    /// <param name="attributes">As they are to be, checked. Without <c>active</c>, a suspension stays as it is.</param>
    /// <param name="by">The directory, as people know it.</param>
    /// <param name="now">The time.</param>
    public static UserDocument With(UserDocument user, JsonObject attributes, string by, DateTimeOffset now)
    {
        var changed = user with { Suspension = SuspensionOf(user, ScimValues.Boolean(attributes["active"]), by, now) };
        var (before, after) = (Stored(Attributes(user)), Stored(attributes));
        var core = ScimCore.Of(attributes);
        if (user.ScimAttributes is not null && JsonNode.DeepEquals(before, after) && (core.Department ?? "") == (user.Department ?? ""))
        {
            return changed;
        }

        return changed with
        {
            UserName = attributes["userName"]!.GetValue<string>(),
            ExternalId = attributes["externalId"]?.GetValue<string>() is { Length: > 0 } externalId ? externalId : null,
            GivenName = core.GivenName,
            FamilyName = core.FamilyName,
            DisplayName = core.DisplayName,
            Email = core.Email,
            Mobile = core.Mobile,
            Department = core.Department,
            SharesEmail = user.SharesEmail && FoldedNames.Fold(user.Email) == FoldedNames.Fold(core.Email),
            ScimAttributes = after,
            DirectoryEmails = EmailsOf(attributes),
        };
    }

    /// <summary>A person who arrives from a directory.</summary>
    public static NewUser Arriving(JsonObject attributes, string by, DateTimeOffset now)
    {
        var core = ScimCore.Of(attributes);
        return new NewUser(core.GivenName, core.FamilyName, core.Email, core.Mobile)
        {
            UserName = attributes["userName"]!.GetValue<string>(),
            ExternalId = attributes["externalId"]?.GetValue<string>() is { Length: > 0 } externalId ? externalId : null,
            DisplayName = core.DisplayName,
            Department = core.Department,
            Suspension = ScimValues.Boolean(attributes["active"]) == false ? Deactivated(by, now) : null,
        };
    }

    /// <summary>With what is kept for the directory only. Who arrives without <c>active</c> is active.</summary>
    public static UserDocument Extend(UserDocument user, JsonObject attributes)
    {
        var stored = Stored(attributes);
        stored["active"] = true;
        return user with { ScimAttributes = stored, DirectoryEmails = EmailsOf(attributes) };
    }

    /// <summary>The attributes that replace those of a user. Without <c>active</c>, that stays as it is: nobody comes back by what was not said.</summary>
    public static JsonObject Replacing(UserDocument user, JsonObject attributes)
    {
        var replacing = attributes.DeepClone().AsObject();
        if (!replacing.ContainsKey("active") && Attributes(user)["active"] is { } active)
        {
            replacing["active"] = active.DeepClone();
        }

        return replacing;
    }

    /// <summary>A directory lifts what a directory did. What an administrator did stays, and <c>active</c> shows it.</summary>
    private static Suspension? SuspensionOf(UserDocument user, bool? active, string by, DateTimeOffset now) => (active, user.Suspension) switch
    {
        (false, null) => Deactivated(by, now),
        (true, { Kind: AuditActorKinds.Directory }) => null,
        _ => user.Suspension,
    };

    private static Suspension Deactivated(string by, DateTimeOffset now) => new(now, AuditActorKinds.Directory, by, Reason);

    /// <summary>What is stored as it was sent. Of <c>active</c> that the directory set it: what it is, the suspension says.</summary>
    private static JsonObject Stored(JsonObject attributes)
    {
        var stored = attributes.DeepClone().AsObject();
        if (stored.ContainsKey("active"))
        {
            stored["active"] = true;
        }

        return stored;
    }

    private static string[]? EmailsOf(JsonObject attributes)
    {
        var emails = attributes["emails"] is JsonArray entries
            ? entries.Select(entry => entry?["value"]?.GetValue<string>()).OfType<string>().Select(FoldedNames.Fold).Distinct().ToArray()
            : [];
        return emails.Length == 0 ? null : emails;
    }

    private static void Set(JsonObject members, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            members.Remove(name);
        }
        else
        {
            members[name] = value;
        }
    }

    private static void SetEntry(JsonObject attributes, string attribute, string type, bool elseAny, string? value)
    {
        var entry = ScimCore.EntryOf(attributes, attribute, type, elseAny);
        if (string.IsNullOrEmpty(value))
        {
            (attributes[attribute] as JsonArray)?.Remove(entry);
            if (attributes[attribute] is JsonArray { Count: 0 })
            {
                attributes.Remove(attribute);
            }

            return;
        }

        if (entry is null)
        {
            entry = new JsonObject { ["type"] = type };
            var entries = attributes[attribute] as JsonArray ?? [];
            entries.Add(entry);
            attributes[attribute] = entries;
        }

        entry["value"] = value;
    }
}
