using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Imports;

/// <summary>What is refused around imports.</summary>
internal static class ImportAnswers
{
    /// <summary>The file has account columns, and whoever asks does not manage applications.</summary>
    public static IResult NoAccounts() =>
        Problems.Of(ProblemCodes.Forbidden, $"Giving accounts needs the role {AdminPolicies.ApplicationsManage}. Nobody was imported.");
}
