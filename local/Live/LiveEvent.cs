namespace BlokSec.Local.Live;

/// <summary>Something that happened in the local system, as one line tells it.</summary>
/// <param name="Kind">What kind: <c>request</c>, <c>message</c>, <c>retry</c>, <c>push</c> or <c>fault</c>.</param>
/// <param name="What">What happened.</param>
/// <param name="Result">What came of it, such as a status.</param>
/// <param name="Level">How much it matters.</param>
internal sealed record LiveEvent(string Kind, string What, string Result, LiveLevel Level = LiveLevel.Normal);

/// <summary>How much an event matters; the live log chooses its colour by it.</summary>
internal enum LiveLevel
{
    Normal,

    /// <summary>Something was refused or will be tried again.</summary>
    Attention,

    /// <summary>Something failed.</summary>
    Failure,
}
