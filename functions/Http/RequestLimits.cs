namespace BlokSec.Functions.Http;

/// <summary>Bounds of what is read from anybody.</summary>
internal static class RequestLimits
{
    /// <summary>Bytes of a request body. The largest honest one, a phone that enrolls, has about 6 KB; a queue message under 2 KB.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Bytes of a body that is too large, but that is read to its end so that its sender reads why.</summary>
    public const int MaxDrainedBytes = 4 * 1024 * 1024;

    /// <summary>A caller gets an answer within this time, whatever hangs behind us.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <summary>Nesting of JSON in a request.</summary>
    public const int MaxJsonDepth = 16;
}
