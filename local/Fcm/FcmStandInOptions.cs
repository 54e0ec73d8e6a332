namespace BlokSec.Local.Fcm;

/// <summary>The Firebase project that the stand-in knows.</summary>
internal sealed record FcmStandInOptions
{
    /// <summary>Port of the messaging API; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Port of the OAuth token endpoint; 0 for any that is free.</summary>
    public int TokenPort { get; init; }

    /// <summary>How many pushes a connection carries at once; Kestrel's number when null.</summary>
    public int? Streams { get; init; }

    /// <summary>The Firebase project.</summary>
    public required string ProjectId { get; init; }

    /// <summary>The service account that may send.</summary>
    public required string ClientEmail { get; init; }

    /// <summary>The public half of the service account's RSA key, PEM.</summary>
    public required string PublicKey { get; init; }
}
