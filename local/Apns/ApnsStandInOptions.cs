namespace BlokSec.Local.Apns;

/// <summary>Which of Apple's two push services a token belongs to.</summary>
internal enum ApnsEnvironment
{
    Production,
    Sandbox,
}

/// <summary>The developer account that the stand-in knows.</summary>
internal sealed record ApnsStandInOptions
{
    /// <summary>Port of the production service; 0 for any that is free.</summary>
    public int ProductionPort { get; init; }

    /// <summary>Port of the sandbox service; 0 for any that is free.</summary>
    public int SandboxPort { get; init; }

    /// <summary>How many pushes a connection carries at once; Kestrel's number when null.</summary>
    public int? Streams { get; init; }

    /// <summary>The developer team, the issuer of provider tokens.</summary>
    public required string TeamId { get; init; }

    /// <summary>The id of the team's signing key.</summary>
    public required string KeyId { get; init; }

    /// <summary>The public half of the team's P-256 signing key, PEM.</summary>
    public required string PublicKey { get; init; }

    /// <summary>The app's bundle id.</summary>
    public required string Topic { get; init; }
}
