using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BlokSec.Functions.Telemetry;

/// <summary>The names under which the app is observed.</summary>
internal static class Sources
{
    public const string Name = "BlokSec.Functions";

    public static readonly ActivitySource Activities = new(Name);

    public static readonly Meter Meter = new(Name);
}
