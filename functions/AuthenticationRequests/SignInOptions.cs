using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>Limits of sign-in requests. Section <c>SignIns</c>.</summary>
internal sealed partial class SignInOptions
{
    public const string Section = "SignIns";

    /// <summary>
    /// Digits of the number that the application shows and the user types: 3 to 6, 6 unless told. NIST SP 800-63B-4, section 3.1.3.1, asks for six;
    /// with fewer, an authentication is none of those that it describes.
    /// </summary>
    [Range(3, 6)]
    public int Digits { get; set; } = 6;

    /// <summary>Wrong numbers since the last accepted request after which a request is denied; 3 unless told.</summary>
    [Range(1, 10)]
    public int MaxWrongNumbers { get; set; } = 3;

    /// <summary>Requests of one user that may wait at the same time, for all applications together; 3 unless told.</summary>
    [Range(1, 20)]
    public int MaxPending { get; set; } = 3;

    /// <summary>Requests in a row that were denied, expired or replaced within <see cref="Window"/>, after which further ones are held back; 5 unless told.</summary>
    [Range(2, 20)]
    public int MaxUnanswered { get; set; } = 5;

    /// <summary>The time in which such requests are counted; 10 minutes unless told.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>For how long requests are held back, and after <em>it was not me</em>; 10 minutes unless told.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan HoldBack { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Seconds between two polls of an application; 5 unless told, as in CIBA Core 1.0, section 7.3.</summary>
    [Range(1, 30)]
    public int PollInterval { get; set; } = 5;

    /// <summary>
    /// Polls that one instance holds until there is an outcome, those of one application up to half of them; 64 unless told, 0 for none. Each takes one
    /// of the calls that the platform gives an instance at the same time (<c>perInstanceConcurrency</c>: 100), and reads its request each second.
    /// </summary>
    [Range(0, 10_000)]
    public int MaxHeldPolls { get; set; } = 64;

    /// <summary>Requests that are remembered of a user.</summary>
    internal int Remembered => MaxUnanswered + MaxPending;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<SignInOptions>;
}
