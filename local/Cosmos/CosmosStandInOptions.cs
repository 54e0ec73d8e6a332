namespace BlokSec.Local.Cosmos;

/// <summary>Where the Cosmos DB stand-in listens, what it keeps its data in and whom it lets in.</summary>
internal sealed record CosmosStandInOptions
{
    /// <summary>
    /// The account key of the Azure Cosmos DB emulator, which is public
    /// (https://learn.microsoft.com/azure/cosmos-db/emulator#authentication).
    /// </summary>
    public const string EmulatorKey = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

    /// <summary>The port of 127.0.0.1; 0 (the default) for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>The SQLite file that keeps the data over a restart; null (the default) for one that is deleted at the end.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>The account key in base64; the emulator's by default.</summary>
    public string Key { get; init; } = EmulatorKey;

    /// <summary>Tells whether a Microsoft Entra access token is good; when null (the default) no such token is accepted.</summary>
    public Func<string, Task<bool>>? ValidateToken { get; init; }

    /// <summary>The clock behind <c>_ts</c> and time to live.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
