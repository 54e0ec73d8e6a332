using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Accounts;

/// <summary>The lists of accounts, of a user and of an application, against a model of them.</summary>
public sealed class AccountListsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly string[] Applications = ["payroll", "crm", "crm-test"];

    private static readonly Gen<ModelAccount> Accounts = Gen.Select(
        Any.Of("ada", "Bob"),
        Any.Of(Applications),
        Any.Of("ada", "ADA.byron", "Zoé", "o'hara", "%"),
        Any.Of(false, false, false, true),
        (user, application, name, isRemoved) => new ModelAccount(user, application, name, isRemoved));

    private static readonly Gen<Asked> Questions = Gen.Select(
        Any.Of<string?>(null, null, "payroll", "crm", "nothing"), Any.Of<string?>(null, "ad", "BYRON", "zoé", "pay", " Crm ", "%", "o'h", "nobody"), Gen.Int[1, 4],
        (application, search, pageSize) => new Asked(application, search, pageSize));

    [Fact]
    public Task Every_filter_finds_page_by_page_what_the_model_finds() =>
        Gen.Select(Accounts.Array[0, 12], Questions.Array[5]).SampleAsync(
            async (accounts, questions) =>
            {
                var (tenant, neighbour) = (new StoredTenant(cloud), new StoredTenant(cloud));
                var all = accounts.Select((account, index) => account with { Index = index }).ToArray();
                foreach (var user in new[] { "ada", "Bob" })
                {
                    await tenant.StoreAsync(user, [tenant.User(user), .. all.Where(account => account.User == user).Select(account => account.Document(tenant))]);
                }

                await neighbour.StoreAsync("ada", neighbour.User("ada"), new ModelAccount("ada", "crm", "ada", IsRemoved: false).Document(neighbour));
                foreach (var asked in questions)
                {
                    Assert.Equal(
                        all.Where(account => account is { User: "ada", IsRemoved: false } && asked.Finds(account)).Select(account => account.AccountId),
                        (await OfUserAsync(tenant, asked)).Select(account => account.AccountId));
                }

                foreach (var application in Applications)
                {
                    // Accounts of one name have no order among them.
                    var found = await OfApplicationAsync(tenant, application, questions[0].PageSize);
                    Assert.Equal(found.Select(account => account.AccountName).Order(StringComparer.Ordinal), found.Select(account => account.AccountName));
                    Assert.Equal(
                        all.Where(account => account.Application == application && !account.IsRemoved).Select(account => (account.User, account.AccountId)).Order(),
                        found.Select(account => (account.UserId, account.AccountId)).Order());
                }
            },
            iter: 8,
            threads: 1);

    private static Task<List<AccountDetails>> OfUserAsync(StoredTenant tenant, Asked asked) => tenant.ReadAsync<AccountList, AccountDetails>(
        $"users/ada/accounts?{asked.Query}", asked.PageSize, page => (page.Accounts, page.Continuation));

    private static Task<List<ApplicationAccount>> OfApplicationAsync(StoredTenant tenant, string application, int pageSize) =>
        tenant.ReadAsync<ApplicationAccountList, ApplicationAccount>($"applications/{application}/accounts?", pageSize, page => (page.Accounts, page.Continuation));

    private sealed record ModelAccount(string User, string Application, string Name, bool IsRemoved)
    {
        public int Index { get; init; }

        public string AccountId => Index.ToString("d4", CultureInfo.InvariantCulture);

        public string ApplicationName => Application == "payroll" ? "Payroll" : "CRM";

        public IdentityDocument Document(StoredTenant tenant) => IsRemoved
            ? new RemovedAccount
            {
                Id = AccountDocument.IdOf(AccountId),
                TenantId = tenant.Tenant,
                UserId = User,
                ApplicationId = Application,
                ApplicationName = ApplicationName,
                AccountName = Name,
            }
            : new AccountDocument
            {
                Id = AccountDocument.IdOf(AccountId),
                TenantId = tenant.Tenant,
                UserId = User,
                AccountId = AccountId,
                ApplicationId = Application,
                ApplicationName = ApplicationName,
                AccountName = Name,
                Epoch = 1,
            };
    }

    /// <summary>What is left of an account that was removed.</summary>
    private sealed record RemovedAccount : IdentityDocument
    {
        public override string Type => AccountDocument.RemovedType;

        public required string ApplicationId { get; init; }

        public required string ApplicationName { get; init; }

        public required string AccountName { get; init; }
    }

    private sealed record Asked(string? Application, string? Search, int PageSize)
    {
        public string Query => string.Join('&', new[] { ("application", Application), ("search", Search) }
            .Where(part => part.Item2 is not null)
            .Select(part => $"{part.Item1}={Uri.EscapeDataString(part.Item2!)}"));

        public bool Finds(ModelAccount account) =>
            (Application is null || account.Application == Application)
            && (Search?.Trim() is not { } word
                || account.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
                || account.ApplicationName.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
