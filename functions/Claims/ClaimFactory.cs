using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>Makes claims. The code is derived when it is shown, so nothing useful is stored.</summary>
internal sealed class ClaimFactory(ClaimCodes codes, IOptions<ClaimsOptions> options)
{
    public ClaimDocument Create(UserDocument user, string claimId, DateTimeOffset now) => new()
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
    };
}
