using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.SignIns;

/// <summary>Sign-in requests of a user as they lie in the database.</summary>
internal static class SignInHistory
{
    /// <summary>A user without the requests that every test's user has.</summary>
    public static async Task<TestUser> NewUserWithoutSignInsAsync(this TestCloud test)
    {
        var user = await test.NewUserAsync(phones: 0);
        await test.ForgetSignInsAsync(user);
        return user;
    }

    public static async Task ForgetSignInsAsync(this TestCloud test, TestUser user)
    {
        foreach (var request in await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType))
        {
            using var deleted = await test.Cloud.Container.DeleteItemStreamAsync(request.Id, user.Key(), cancellationToken: TestContext.Current.CancellationToken);
            deleted.EnsureSuccessStatusCode();
        }
    }

    /// <summary>A request that Payroll made at a time and that was accepted.</summary>
    public static AuthenticationRequestDocument Request(this TestCloud test, TestUser user, TimeSpan ago)
    {
        var (id, issuedAt) = (Guid.NewGuid().ToString("N"), test.Time.GetUtcNow() - ago);
        return new AuthenticationRequestDocument
        {
            Id = AuthenticationRequestDocument.IdOf(id),
            TenantId = user.TenantId,
            UserId = user.UserId,
            RequestId = id,
            ApplicationId = "payroll",
            ApplicationName = "Payroll",
            AccountId = "account",
            AccountName = user.UserId,
            Method = "Push",
            Status = AuthenticationRequestStatus.Accepted,
            IssuedAt = issuedAt,
            ExpiresAt = issuedAt.AddMinutes(2),
            Digits = 6,
        };
    }
}
