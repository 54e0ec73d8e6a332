using BlokSec.Local.SignIn;

namespace BlokSec.Local.DemoApp;

/// <summary>What the demo application is told: an OAuth client registration, and where the services are.</summary>
internal sealed record DemoAppOptions
{
    /// <summary>The port of 127.0.0.1; 0 (the default) for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Who the application is.</summary>
    public required DemoApplication Application { get; init; }

    /// <summary>The public address of the API, which is the issuer of its assertions too.</summary>
    public required Uri Api { get; init; }

    /// <summary>The OAuth server.</summary>
    public required Uri SignIn { get; init; }

    /// <summary>Where the virtual phones are: nothing that a real application knows, but what its page points to here.</summary>
    public required Uri Phones { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
