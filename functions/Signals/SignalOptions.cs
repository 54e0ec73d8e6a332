using System.ComponentModel.DataAnnotations;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>How events reach their receivers. Section <c>Signals</c>.</summary>
internal sealed partial class SignalOptions
{
    public const string Section = "Signals";

    /// <summary>Seconds between two verification requests of one stream (<c>min_verification_interval</c>). Default: 30.</summary>
    [Range(1, 86_400)]
    public int MinVerificationSeconds { get; set; } = 30;

    /// <summary>
    /// Seconds that an instance remembers that a tenant has no streams, so that signals cost it nearly nothing. The first stream of a tenant is
    /// answered two seconds later than that. Default: 3.
    /// </summary>
    [Range(1, 200)]
    public int NoStreamsSeconds { get; set; } = 3;

    /// <summary>Streams of one tenant. Default: 20.</summary>
    [Range(1, 100)]
    public int MaxStreams { get; set; } = 20;

    /// <summary>Streams of one receiver. Default: 5.</summary>
    [Range(1, 100)]
    public int MaxStreamsPerReceiver { get; set; } = 5;

    /// <summary>Subjects that a receiver may take out of one stream. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxRemovedSubjects { get; set; } = 10_000;

    /// <summary>Days that an event is pushed again until its receiver takes it. Default: 7.</summary>
    [Range(1, 25)]
    public int RetryDays { get; set; } = 7;

    /// <summary>Days that an event is kept, delivered or not: for the administrator, and for receivers that poll. Default: 30.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; set; } = 30;

    /// <summary>Seconds that a receiver has for its answer, connection included. Default: 10.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>
    /// Polls that one instance holds until there is an event, those of one receiver up to half of them. Default: 32; 0 for none. Each takes one of
    /// the calls that the platform gives an instance at the same time, and asks the database once a second.
    /// </summary>
    [Range(0, 10_000)]
    public int MaxHeldPolls { get; set; } = 32;

    /// <summary>Seconds that a poll is held at most. Default: 25.</summary>
    [Range(1, 60)]
    public int MaxPollSeconds { get; set; } = 25;

    /// <summary>Seconds that an event may be overdue before the timer queues it again. Default: 120.</summary>
    [Range(0, 86_400)]
    public double OverdueSeconds { get; set; } = 120;

    /// <summary>
    /// For development only: lets events go to loopback addresses, in clear text too. Refused at start unless the API itself is reached on loopback.
    /// Default: false.
    /// </summary>
    public bool AllowLoopback { get; set; }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<SignalOptions>;

    /// <summary>Whoever is reached by others must not send to itself.</summary>
    internal sealed class LoopbackRule(IOptions<ApiOptions> api) : IValidateOptions<SignalOptions>
    {
        public ValidateOptionsResult Validate(string? name, SignalOptions options) =>
            options.AllowLoopback && !(Uri.TryCreate(api.Value.PublicUrl, UriKind.Absolute, out var address) && address.IsLoopback)
                ? ValidateOptionsResult.Fail($"{Section}__{nameof(AllowLoopback)} is for development: it needs an {ApiOptions.Section}__{nameof(ApiOptions.PublicUrl)} on loopback.")
                : ValidateOptionsResult.Success;
    }
}
