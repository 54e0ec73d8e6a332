using BlokSec.Contracts;

namespace BlokSec.Functions.Imports;

/// <summary>Which column of a file is what, by the words that directories and spreadsheets use for it.</summary>
internal static class ImportColumns
{
    public const string GivenName = "givenName";
    public const string FamilyName = "familyName";
    public const string Email = "email";
    public const string Mobile = "mobile";
    public const string ExternalId = "externalId";
    public const string UserName = "userName";
    public const string Department = "department";

    public static readonly IReadOnlyList<string> Needed = [GivenName, FamilyName, Email];

    /// <summary>In English, German, French, Spanish, Italian, Dutch and Portuguese, without accents, blanks and hyphens.</summary>
    private static readonly Dictionary<string, string> Known = new (string Field, string[] Words)[]
        {
            (GivenName, ["givenname", "firstname", "forename", "vorname", "prenom", "nombre", "nome", "voornaam", "primeironome"]),
            (FamilyName, ["familyname", "lastname", "surname", "nachname", "familienname", "nom", "nomdefamille", "apellido", "apellidos", "cognome", "achternaam", "sobrenome", "apelido"]),
            (Email, ["email", "emailaddress", "mail", "workemail", "emailadresse", "mailadresse", "courriel", "adresseemail", "correo", "correoelectronico", "indirizzoemail", "emailadres"]),
            (Mobile, ["mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "handy", "handynummer", "mobil", "mobilnummer", "mobiltelefon", "portable", "telephoneportable", "movil", "telefonomovil", "cellulare", "mobiel", "telemovel", "celular"]),
            (ExternalId, ["externalid", "employeeid", "employeenumber", "personnelnumber", "personalnummer", "mitarbeiternummer", "matricule"]),
            (Department, ["department", "dept", "abteilung", "departement", "service", "departamento", "reparto", "afdeling"]),
            (UserName, ["username", "login", "userprincipalname", "benutzername", "identifiant"]),
        }
        .SelectMany(field => field.Words, (field, word) => (word, field.Field))
        .ToDictionary(known => known.word, known => known.Field);

    /// <summary>The columns of a header; of two that are the same, the first counts, but each account column does.</summary>
    public static IReadOnlyList<ImportColumn> Of(IReadOnlyList<string> header)
    {
        var taken = new HashSet<string>();
        return [.. header.Select(name => new ImportColumn(name, FieldOf(name) is { } field && (field == ImportColumn.Account || taken.Add(field)) ? field : null))];
    }

    /// <summary>The application that the header of an account column names; null for another column.</summary>
    public static string? ApplicationOf(string header) =>
        header.Split(':', 2) is [var word, var application] && Word(word) == ImportColumn.Account ? application.Trim() : null;

    private static string? FieldOf(string header) =>
        ApplicationOf(header) is null ? Known.GetValueOrDefault(Word(header)) : ImportColumn.Account;

    /// <summary>In lower case, without accents, blanks and punctuation.</summary>
    private static string Word(string header) => string.Concat(SearchText.Query(header));
}
