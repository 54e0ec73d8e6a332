using BlokSec.Contracts;

namespace BlokSec.Local.Phones;

/// <summary>The user's accounts as the app knows them.</summary>
/// <param name="DeviceId">The registration that they were told to.</param>
/// <param name="Version">Their version; sent with the next check-in.</param>
/// <param name="Accounts">The accounts, as many as the app keeps.</param>
/// <param name="More">Whether there are more.</param>
internal sealed record KnownAccounts(string DeviceId, long Version, IReadOnlyList<OwnAccount> Accounts, bool More)
{
    /// <summary>Accounts that this app keeps: more than anybody scrolls through.</summary>
    public const int Most = 200;
}
