using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BlokSec.Functions;

/// <summary>The names under which the app is observed.</summary>
internal static class Telemetry
{
    public const string Name = "BlokSec.Functions";

    public static readonly ActivitySource Activities = new(Name);

    public static readonly Meter Meter = new(Name);
}
