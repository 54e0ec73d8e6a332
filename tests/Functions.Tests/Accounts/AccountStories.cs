using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Accounts;

/// <summary>What tests of accounts tell.</summary>
internal static class AccountStories
{
    /// <summary>A registered application that no other test knows.</summary>
    public static async Task<ApplicationDetails> NewApplicationAsync(this AdminClient admin, string name = "Payroll")
    {
        var created = await admin.SendAsync(HttpMethod.Post, "applications", new { name, clientId = $"client-{Guid.NewGuid():N}" });
        Assert.Equal(201, created.Status);
        return created.Read<ApplicationDetails>();
    }

    public static Task<AdminAnswer> AddAccountAsync(
        this AdminClient admin, TestUser user, ApplicationDetails application, string accountName, string? idempotencyKey = null) => admin.SendAsync(
        HttpMethod.Post,
        $"users/{user.UserId}/accounts",
        new CreateAccountRequest { ApplicationId = application.ApplicationId, AccountName = accountName },
        ("Idempotency-Key", idempotencyKey));

    public static async Task<AccountDetails> AddedAccountAsync(this AdminClient admin, TestUser user, ApplicationDetails application, string? accountName = null)
    {
        var added = await admin.AddAccountAsync(user, application, accountName ?? user.UserId);
        Assert.True(added.Status == 201, added.Text);
        return added.Read<AccountDetails>();
    }

    public static Task<AdminAnswer> LeaveAsync(this AdminClient admin, TestUser user, string? planHash = null, string? idempotencyKey = null) =>
        admin.SendAsync(
            HttpMethod.Post,
            $"users/{user.UserId}/departure",
            new StartDepartureRequest { Confirmation = ConfirmationPhrases.RemoveAccounts, PlanHash = planHash, Reason = "Left the company" },
            ("Idempotency-Key", idempotencyKey));
}
