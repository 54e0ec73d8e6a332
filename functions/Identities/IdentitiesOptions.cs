using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Identities;

/// <summary>Where the database is. Section <c>Cosmos</c>.</summary>
internal sealed class IdentitiesOptions
{
    public const string Section = "Cosmos";

    /// <summary>The account's address, such as <c>https://bloksec.documents.azure.com:443/</c>.</summary>
    [Required]
    public Uri? Endpoint { get; set; }

    /// <summary>The account key, for the emulator only; without it the app's Microsoft Entra identity is used.</summary>
    public string? Key { get; set; }

    /// <summary>The database; <c>bloksec</c> unless told.</summary>
    [Required]
    public string Database { get; set; } = "bloksec";

    /// <summary>The container; <c>identities</c> unless told.</summary>
    [Required]
    public string Container { get; set; } = "identities";
}

[OptionsValidator]
internal sealed partial class IdentitiesOptionsValidator : IValidateOptions<IdentitiesOptions>;
