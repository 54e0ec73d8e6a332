namespace BlokSec.Local.Portal;

/// <summary>What the console's host serves, and where.</summary>
internal sealed record PortalServerOptions
{
    /// <summary>The published files: the folder with <c>index.html</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The port of 127.0.0.1; 0 (the default) for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>What <c>settings.json</c> says in place of the published file.</summary>
    public required PortalSettings Settings { get; init; }
}

/// <summary>The console's settings.</summary>
/// <param name="Api">The API's address, with <c>/api</c>.</param>
/// <param name="Auth">How administrators sign in.</param>
internal sealed record PortalSettings(string Api, PortalAuthSettings Auth);

/// <summary>The issuer, and the console as its client.</summary>
/// <param name="Authority">The issuer.</param>
/// <param name="ClientId">The console's client id.</param>
/// <param name="Scope">The scopes it asks for, separated by spaces.</param>
internal sealed record PortalAuthSettings(string Authority, string ClientId, string Scope);
