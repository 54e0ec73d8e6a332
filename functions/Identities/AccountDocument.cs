namespace BlokSec.Functions.Identities;

/// <summary>The user's login in one application.</summary>
internal sealed record AccountDocument : IdentityDocument
{
    public const string DocumentType = "account";

    /// <summary>
    /// What the document of a removed account is from then on, until it is deleted: so the application that had the account is refused, and not
    /// answered as if it had never been.
    /// </summary>
    public const string RemovedType = "removedAccount";

    /// <summary>How long it is known that an account was removed: 30 days.</summary>
    public const int RemovedRetentionSeconds = 30 * 24 * 60 * 60;

    /// <summary>The condition of a patch that the account exists.</summary>
    public const string IsThere = "FROM c WHERE c.type = 'account'";

    public override string Type => DocumentType;

    public required string AccountId { get; init; }

    /// <summary>The application's appDID.</summary>
    public required string ApplicationId { get; init; }

    public required string ApplicationName { get; init; }

    public required string AccountName { get; init; }

    /// <summary>The DID that may sign in; null while reset.</summary>
    public string? Did { get; init; }

    /// <summary>The user's epoch that <see cref="Did"/> belongs to.</summary>
    public required long Epoch { get; init; }

    /// <summary>When it was added; null in accounts of earlier versions.</summary>
    public DateTimeOffset? AddedAt { get; init; }

    /// <summary>
    /// The <see cref="UserDocument.AccountsVersion"/> that it was added with. A removal of accounts leaves those that were added after it was
    /// decided, whatever the clocks say; null in accounts of earlier versions.
    /// </summary>
    public long? AddedIn { get; init; }

    /// <summary>Its members for the auditor.</summary>
    public IReadOnlyDictionary<string, string?> Audited() => new Dictionary<string, string?>
    {
        ["application"] = ApplicationName,
        ["applicationId"] = ApplicationId,
        ["accountName"] = AccountName,
    };

    public static string IdOf(string accountId) => $"account:{accountId}";
}
