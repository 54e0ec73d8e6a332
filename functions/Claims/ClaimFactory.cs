using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>Makes claims. The code is derived when it is shown, so nothing useful is stored.</summary>
internal sealed class ClaimFactory(ClaimCodes codes, IOptions<ClaimsOptions> options)
{
    /// <summary>Earlier claims of which requests and redeemed codes are remembered.</summary>
    private const int MaxEarlier = 20;

    /// <param name="user">Whose claim.</param>
    /// <param name="previous">The claim whose place it takes.</param>
    /// <param name="claimId">Its id.</param>
    /// <param name="now">The time.</param>
    public ClaimDocument Create(UserDocument user, ClaimDocument? previous, string claimId, DateTimeOffset now) => new()
    {
        Id = ClaimDocument.DocumentId,
        TenantId = user.TenantId,
        UserId = user.UserId,
        ClaimId = claimId,
        KeyId = codes.CurrentKeyId,
        Epoch = user.Epoch,
        CreatedAt = now,
        ExpiresAt = now + options.Value.Lifetime,
        State = ClaimState.Open,
        EarlierRequestIds = [.. Requests(previous).TakeLast(MaxEarlier)],
        RedeemedTags = [.. RedeemedTags(previous).TakeLast(MaxEarlier)],
    };

    private IEnumerable<string> RedeemedTags(ClaimDocument? claim) => claim switch
    {
        null => [],
        { State: ClaimState.Redeemed } when codes.Derive(claim) is { } code => claim.RedeemedTags.Append(ClaimCodes.Tag(code)),
        _ => claim.RedeemedTags,
    };

    private static IEnumerable<string> Requests(ClaimDocument? claim) => claim switch
    {
        null => [],
        { RequestId: { } latest } => claim.EarlierRequestIds.Append(latest),
        _ => claim.EarlierRequestIds,
    };
}
