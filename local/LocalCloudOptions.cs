using BlokSec.Local.Live;

namespace BlokSec.Local;

/// <summary>What a local system is made of.</summary>
internal sealed record LocalCloudOptions
{
    /// <summary>Where keys, databases and phones are kept.</summary>
    public required string Folder { get; init; }

    /// <summary>Where things listen.</summary>
    public LocalPorts Ports { get; init; } = LocalPorts.Free();

    /// <summary>The clock of all stand-ins and phones.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The built function app: the folder with <c>host.json</c>.</summary>
    public string AppFolder { get; init; } = LocalFolders.FunctionApp;

    /// <summary>The published admin console: the folder with <c>index.html</c>.</summary>
    public string PortalFolder { get; init; } = LocalFolders.Portal;

    /// <summary>Settings of the function app, over those that the local system gives.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether somebody else starts the function app, at <see cref="LocalPorts.App"/>; then nothing waits for it at the start.</summary>
    public bool WithoutApp { get; init; }

    /// <summary>Whether the function app sends mails, which the stand-in takes.</summary>
    public bool MailEnabled { get; init; }

    /// <summary>Whether the function app streams the audit to Event Grid, whose stand-in keeps what came.</summary>
    public bool AuditStreamEnabled { get; init; }

    /// <summary>Whether timers tick by themselves.</summary>
    public bool TimersEnabled { get; init; } = true;

    /// <summary>Where lines of the host and the function app go.</summary>
    public Action<string> Output { get; init; } = _ => { };

    /// <summary>Gets what happens: requests to the API, messages handled.</summary>
    public Action<LiveEvent> Watch { get; init; } = _ => { };
}
