using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Provisioning;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Tests.Provisioning;

public sealed class ProvisioningPageTests : ConsoleTest
{
    private const string List = "GET /api/provisioning/tokens";

    private static readonly ProvisioningTokenDetails Okta = new(
        new string('1', 32), "Okta", Samples.Now.AddDays(-10), "Alice Adams", Samples.Now.AddDays(170), Samples.Now.AddMinutes(-3), RevokedAt: null);

    [Fact]
    public void Tokens_are_listed_with_their_end_and_last_use_and_only_a_valid_one_is_revoked()
    {
        Listed(Okta, Okta with { TokenId = new string('2', 32), RevokedAt = Samples.Now }, Okta with { TokenId = new string('3', 32), ExpiresAt = Samples.Now, LastUsedAt = null });
        var page = Shown();

        var rows = page.FindAll("tbody tr");
        Assert.Equal(["Valid", "Revoked", "Expired"], rows.Select(row => row.Children[4].TextContent.Trim()));
        Assert.Equal(["3 minutes ago", "3 minutes ago", "never"], rows.Select(row => row.Children[2].TextContent.Trim()));
        Assert.Single(page.FindAll("tbody button"));
        Assert.Equal("https://api.test/api/scim/v2", page.Find("#scim-address").GetAttribute("value"));
    }

    [Fact]
    public void A_token_is_made_and_shown_once()
    {
        Listed();
        Stub.Answer("POST /api/provisioning/tokens", new CreatedProvisioningToken("bsprov_secret", Okta), PortalJson.Default.CreatedProvisioningToken, HttpStatusCode.Created);
        var page = Shown();
        page.Find("[data-testid=create-token]").Click();
        page.Find("#token-form").Submit();
        Assert.Equal("true", page.Find("#token-name").GetAttribute("aria-invalid"));

        page.Find("#token-name").Input("Okta");
        page.Find("#token-days").Change("90");
        page.Find("#token-form").Submit();

        page.WaitForAssertion(() => Assert.Equal("bsprov_secret", page.Find("[data-testid=token]").GetAttribute("value")));
        Assert.Equal("""{"name":"Okta","expiresInDays":90}""", Stub.Requests.Single(seen => seen.Request.StartsWith("POST", StringComparison.Ordinal)).Body);
        Assert.Equal(2, Stub.Requests.Count(seen => seen.Request == List));
    }

    [Fact]
    public void A_token_is_revoked_after_a_question()
    {
        Listed(Okta);
        Stub.Answer($"DELETE /api/provisioning/tokens/{Okta.TokenId}", () => new HttpResponseMessage(HttpStatusCode.NoContent));
        var page = Shown();
        page.Find("tbody button").Click();
        page.Find("button.danger").Click();

        page.WaitForAssertion(() => Assert.Contains(Stub.Requests, seen => seen.Request.StartsWith("DELETE", StringComparison.Ordinal)));
    }

    [Fact]
    public void Who_does_not_manage_users_is_told_so_and_nothing_is_asked()
    {
        var page = Shown(Samples.Reader);

        Assert.Contains("Users.Manage", page.Markup, StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);
    }

    private IRenderedComponent<ProvisioningPage> Shown(Administrator? administrator = null)
    {
        RenderTree.TryAdd<CascadingValue<Administrator>>(
            parameters => parameters.Add(value => value.Value, administrator ?? Samples.Manager with { ManagesUsers = true }));
        return Render<ProvisioningPage>();
    }

    private void Listed(params ProvisioningTokenDetails[] tokens) =>
        Stub.Answer(List, new ProvisioningTokenList("https://api.test/api/scim/v2", tokens), PortalJson.Default.ProvisioningTokenList);
}
