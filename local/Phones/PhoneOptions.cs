namespace BlokSec.Local.Phones;

/// <summary>Where the phones find the server, and how patient they are.</summary>
internal sealed record PhoneOptions
{
    /// <summary>The API's public address, without <c>/api</c>: calls go to <c>{PublicAddress}/api/mobile/...</c>.</summary>
    public required Uri PublicAddress { get; init; }

    /// <summary>The <c>iss</c> that a revocation statement must have; the public address, without a slash at its end, unless set.</summary>
    public string Issuer
    {
        get => field ?? PublicAddress.AbsoluteUri.TrimEnd('/');
        init;
    }

    /// <summary>How long a call may take; 15 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the key set is trusted before an unknown <c>kid</c> makes the phone fetch it again; 1 minute.</summary>
    public TimeSpan KeySetRefresh { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the phone waits after the key set could not be fetched; 5 seconds.</summary>
    public TimeSpan KeySetRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a dying key is kept to confirm the erasure, and a statement to be judged; 30 days.</summary>
    public TimeSpan ErasureLimit { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How soon what could not be done is tried again, the first time; 5 seconds, then twice as long each time.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time between two tries; 5 minutes.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(5);
}
