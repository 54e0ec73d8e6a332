namespace BlokSec.Local.Seed;

/// <summary>The demo's people: invented names, always the same.</summary>
internal static class DemoPeople
{
    public const string Contoso = "contoso";

    public const string Fabrikam = "fabrikam";

    /// <summary>Three phones and a dozen accounts: the demo's heroine.</summary>
    public const string ThreePhones = "maria-lopez";

    /// <summary>No device at all.</summary>
    public const string NoDevices = "noah-fischer";

    /// <summary>5,000 accounts.</summary>
    public const string ManyAccounts = "olivia-haddad";

    /// <summary>30 devices, as many as allowed.</summary>
    public const string ManyDevices = "theo-nakamura";

    /// <summary>Invited, never enrolled: no DID yet.</summary>
    public const string Invited = "uma-lindqvist";

    /// <summary>The department that one of the demo's administrators is limited to.</summary>
    public const string LimitedTo = "Support";

    private static readonly string[] Departments = [LimitedTo, "Sales", "Engineering", "Finance", "Logistics"];

    private static readonly string[] Given =
    [
        "Ada", "Ben", "Chloe", "Dario", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam", "Mina", "Nils", "Ofelia",
        "Pablo", "Quinn", "Rosa", "Sami", "Tara",
    ];

    private static readonly string[] Family =
    [
        "Abara", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Garcia", "Hansen", "Ito", "Jansen", "Kowalski", "Larsen", "Moreau",
        "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka",
    ];

    /// <summary>The users of the demo.</summary>
    public static IEnumerable<DemoPerson> All()
    {
        yield return new DemoPerson(Contoso, ThreePhones, "Maria", "Lopez", Phones: 3, Accounts: 12) { Department = LimitedTo };
        yield return new DemoPerson(Contoso, NoDevices, "Noah", "Fischer", Phones: 0, Accounts: 3);
        yield return new DemoPerson(Contoso, ManyAccounts, "Olivia", "Haddad", Phones: 1, Accounts: 5000);
        yield return new DemoPerson(Contoso, ManyDevices, "Theo", "Nakamura", Phones: 30, Accounts: 6);
        yield return new DemoPerson(Contoso, Invited, "Uma", "Lindqvist", Phones: 0, Accounts: 2) { IsInvited = true };
        foreach (var person in Crowd(Contoso, 240).Concat(Crowd(Fabrikam, 80)))
        {
            yield return person;
        }
    }

    private static IEnumerable<DemoPerson> Crowd(string tenantId, int count)
    {
        for (var index = 0; index < count; index++)
        {
            var given = Given[index % Given.Length];
            var family = Family[(index / Given.Length + index) % Family.Length];
            yield return new DemoPerson(
                tenantId, $"{given}-{family}-{index}".ToLowerInvariant(), given, family, Phones: index % 4 == 3 ? 2 : 1, Accounts: 1 + (index % 7))
            {
                Department = Departments[index % Departments.Length],
            };
        }
    }
}

/// <summary>A user of the demo.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The id inside the tenant.</param>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Phones">How many phones.</param>
/// <param name="Accounts">How many accounts.</param>
internal sealed record DemoPerson(string TenantId, string UserId, string GivenName, string FamilyName, int Phones, int Accounts)
{
    /// <summary>Whether the user was invited but has no DID yet.</summary>
    public bool IsInvited { get; init; }

    /// <summary>The department; null when the user has none.</summary>
    public string? Department { get; init; }

    public string Email => $"{GivenName}.{FamilyName}{Number}@{TenantId}.example".ToLowerInvariant();

    private string Number => UserId.Split('-') is [_, _, var number] ? number : "";
}
