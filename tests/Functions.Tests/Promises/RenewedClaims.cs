using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Claims that an administrator has just renewed.</summary>
internal static class RenewedClaims
{
    public static async Task<ClaimLink> RenewedAsync(this TestCloud test, TestUser user)
    {
        var answer = await test.Admin().RenewAsync(user.UserId);
        Assert.Equal(200, answer.Status);
        Assert.True(ClaimLink.TryParse(answer.Read<ClaimDetails>().Link, out var link));
        return link;
    }
}
