using System.Text.Json;
using BlokSec.Benchmarks.SignIns;

namespace BlokSec.Benchmarks.Removals;

/// <summary>A phone that is removed.</summary>
internal sealed record RemovedPhone(string UserId, string DeviceId);

/// <summary>What the bare process is given.</summary>
/// <param name="Database">Where the local database is.</param>
/// <param name="Bus">Connection string of the local bus.</param>
/// <param name="Documents">What the app wrote for a removal that was just answered; written again for others.</param>
/// <param name="Pushes">Pushes that the providers accepted from the app, one each; sent again.</param>
/// <param name="WarmUp">How many of the whole ones are not measured.</param>
/// <param name="Whole">Whose removals are made to the end.</param>
/// <param name="Answered">Whose removals are made as far as the answer, after them.</param>
internal sealed record BareWork(
    string Database,
    string Bus,
    IReadOnlyList<JsonElement> Documents,
    IReadOnlyList<RepeatedPush> Pushes,
    int WarmUp,
    IReadOnlyList<RemovedPhone> Whole,
    IReadOnlyList<RemovedPhone> Answered);

/// <summary>What a removal took.</summary>
/// <param name="Milliseconds">The median.</param>
/// <param name="Cpu">Milliseconds of processor time.</param>
internal sealed record BareSample(double Milliseconds, double Cpu);

/// <summary>What the calls of a removal took alone.</summary>
internal sealed record BareSamples(BareSample Answered, BareSample Whole);
