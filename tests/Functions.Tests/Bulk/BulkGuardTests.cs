using BlokSec.Contracts;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Identities;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>Who is left out at their turn.</summary>
public sealed class BulkGuardTests
{
    private static readonly UserDocument Ada = new()
    {
        Id = UserDocument.DocumentId,
        TenantId = "contoso",
        UserId = "ada",
        GivenName = "Ada",
        FamilyName = "Byron",
        Email = "Ada@contoso.example",
        UserNameKey = "ada.byron",
        DirectoryEmails = ["countess@contoso.example"],
        SearchText = "",
        SortName = "",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Epoch = 1,
    };

    [Theory]
    [InlineData("ada@contoso.example")]
    [InlineData("ada.byron")]
    [InlineData("countess@contoso.example")]
    public void Whatever_name_an_administrator_signs_in_with_is_looked_for(string name)
    {
        Assert.Equal(ProblemCodes.Forbidden, CodeOf(new BulkGuard(new HashSet<string> { name }, new HashSet<string>(), IsAgreed: true), wasAdministrator: true));
        Assert.Null(CodeOf(new BulkGuard(new HashSet<string> { "bob" }, new HashSet<string> { "bob" }, IsAgreed: false), wasAdministrator: false));
    }

    /// <summary>Who agreed to the plan saw the administrators of the plan. A policy that was switched on after the start holds for them too.</summary>
    [Theory]
    [InlineData(true, true, null)]
    [InlineData(true, false, ProblemCodes.SecondPersonRequired)]
    [InlineData(false, true, ProblemCodes.SecondPersonRequired)]
    [InlineData(false, false, ProblemCodes.SecondPersonRequired)]
    public void An_administrator_needs_a_second_person_who_knew_it(bool wasAdministrator, bool isAgreed, string? code) =>
        Assert.Equal(code, CodeOf(new BulkGuard(new HashSet<string>(), new HashSet<string> { "ada.byron" }, isAgreed), wasAdministrator));

    private static string? CodeOf(BulkGuard guard, bool wasAdministrator) =>
        guard.Refuse(new BulkUser("ada", "Ada Byron", Ada.Email, 1, 1, 1) { IsAdministrator = wasAdministrator }, Ada) is ProblemHttpResult refusal
            ? BulkProblems.CodeOf(refusal.ProblemDetails)
            : null;
}
