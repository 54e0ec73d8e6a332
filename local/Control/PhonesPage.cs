namespace BlokSec.Local.Control;

/// <summary>The page that shows the phones.</summary>
internal static class PhonesPage
{
    /// <summary>Maps <c>/</c> and the page's files.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => StaticPage.Map(endpoints, "phones-page/");
}
