namespace BlokSec.Functions.Accounts;

/// <summary>Which accounts of a user are listed.</summary>
/// <param name="Search">Part of the account's or the application's name, in any case; null for all.</param>
/// <param name="ApplicationId">The application; null for all.</param>
internal sealed record AccountFilter(string? Search = null, string? ApplicationId = null)
{
    /// <summary>As a further condition over <c>c</c>.</summary>
    public string Condition =>
        (ApplicationId is null ? "" : " AND c.applicationId = @application")
        + (string.IsNullOrWhiteSpace(Search) ? "" : " AND (CONTAINS(c.accountName, @search, true) OR CONTAINS(c.applicationName, @search, true))");

    /// <summary>Values of the condition's parameters.</summary>
    public IEnumerable<(string Name, object Value)> Parameters
    {
        get
        {
            if (ApplicationId is not null)
            {
                yield return ("@application", ApplicationId);
            }

            if (!string.IsNullOrWhiteSpace(Search))
            {
                yield return ("@search", Search.Trim());
            }
        }
    }
}
