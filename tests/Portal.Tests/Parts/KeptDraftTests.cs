using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Parts;

public sealed class KeptDraftTests : ConsoleTest
{
    private static readonly InviteUserRequest Typed = new("Ada", "Byron", "ada@example.com") { Mobile = "+1" };

    private static readonly KeptDraft Alices = KeptDraft.Of("contoso/alice", EditDialog.Dialog, "maria-lopez", Typed, PortalJson.Default.InviteUserRequest);

    private BrowserPage Page => Services.GetRequiredService<BrowserPage>();

    [Fact]
    public async Task What_was_typed_is_given_back_to_who_typed_it_in_the_dialog_that_it_was_typed_in()
    {
        Keep(JsonSerializer.Serialize(Alices, PortalJson.Default.KeptDraft));
        var kept = await KeptDraft.TakeAsync(Page, "contoso/alice", "maria-lopez");

        Assert.Equal(Typed, kept?.In(EditDialog.Dialog, PortalJson.Default.InviteUserRequest));
        Assert.Null(kept?.In(KeptAccountRemoval.Dialog, PortalJson.Default.KeptAccountRemoval));
    }

    [Theory]
    [InlineData("contoso/bob", "maria-lopez")]
    [InlineData("fabrikam/alice", "maria-lopez")]
    [InlineData("contoso/alice", "noah-fischer")]
    public async Task What_was_typed_is_never_given_to_who_signs_in_next_nor_to_another_users_page(string next, string about)
    {
        Keep(JsonSerializer.Serialize(Alices, PortalJson.Default.KeptDraft));

        Assert.Null(await KeptDraft.TakeAsync(Page, next, about));
    }

    [Theory]
    [InlineData("contoso/alice", 1)]
    [InlineData("contoso/bob", 0)]
    public async Task What_another_administrator_typed_is_forgotten(string next, int kept)
    {
        Keep(JsonSerializer.Serialize(Alices, PortalJson.Default.KeptDraft));
        await KeptDraft.ForgetOthersAsync(Page, next);

        Browser.VerifyInvoke("take");
        Assert.Equal(kept, Browser.Invocations["keep"].Count);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task What_cannot_be_read_is_nothing(string text)
    {
        Keep(text);

        Assert.Null(await KeptDraft.TakeAsync(Page, "contoso/alice", "maria-lopez"));
    }

    private void Keep(string text) => Browser.Setup<string?>("take", _ => true).SetResult(text);
}
