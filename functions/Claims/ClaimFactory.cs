using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Claims;

/// <summary>Makes claims. The code is derived when it is shown, so nothing useful is stored.</summary>
internal sealed class ClaimFactory(ClaimCodes codes, CurrentPolicies policies)
{
    /// <summary>Earlier claims of which requests and redeemed codes are remembered.</summary>
    private const int MaxEarlier = 20;

    /// <param name="user">Whose claim.</param>
    /// <param name="previous">The claim whose place it takes.</param>
    /// <param name="claimId">Its id.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait for the tenant's policy.</param>
    public async Task<ClaimDocument> CreateAsync(
        UserDocument user, ClaimDocument? previous, string claimId, DateTimeOffset now, CancellationToken cancellationToken) => new()
        {
            Id = ClaimDocument.DocumentId,
            TenantId = user.TenantId,
            UserId = user.UserId,
            ClaimId = claimId,
            KeyId = codes.CurrentKeyId,
            Epoch = user.Epoch,
            CreatedAt = now,
            ExpiresAt = now.AddHours((await policies.OfAsync(user.TenantId, cancellationToken)).Claims.SentHours),
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
