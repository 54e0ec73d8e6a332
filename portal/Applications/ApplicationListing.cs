using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Applications;

/// <summary>All applications of the tenant, of which there are at most 1,000, by name.</summary>
internal static class ApplicationListing
{
    private const int Most = 1_000;

    public static async Task<ApiResult<PagesRead<ApplicationDetails>>> ReadAsync(AdminApi api, CancellationToken cancellationToken)
    {
        var result = await PageReading.ReadAsync(
            next => api.ListApplicationsAsync(next, cancellationToken), page => (page.Applications, page.Continuation, page.Unreadable), from: null, wanted: Most);
        return result.Value is { } read
            ? read with { Items = [.. read.Items.OrderBy(application => application.Name, StringComparer.OrdinalIgnoreCase)] }
            : result;
    }
}
