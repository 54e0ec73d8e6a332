using System.Text.Json;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Removals;

public sealed class KeptRemovalTests : ConsoleTest
{
    private static readonly KeptRemoval Alices = new("contoso/alice", "maria-lopez", "d1", "hash-1", "remove device", "left in a taxi");

    public KeptRemovalTests() =>
        Browser.Setup<string?>("take", _ => true).SetResult(JsonSerializer.Serialize(Alices, PortalJson.Default.KeptRemoval));

    private BrowserPage Page => Services.GetRequiredService<BrowserPage>();

    [Fact]
    public async Task What_was_typed_is_given_back_to_who_typed_it() =>
        Assert.Equal(Alices, await KeptRemoval.TakeAsync(Page, "contoso/alice", "maria-lopez"));

    [Theory]
    [InlineData("contoso/bob")]
    [InlineData("fabrikam/alice")]
    public async Task What_was_typed_is_never_given_to_who_signs_in_next(string next)
    {
        Assert.Null(await KeptRemoval.TakeAsync(Page, next, "maria-lopez"));
        await KeptRemoval.ForgetOthersAsync(Page, next);
        Browser.VerifyNotInvoke("keep");
    }

    [Fact]
    public async Task It_waits_until_the_page_of_its_user_is_open()
    {
        await KeptRemoval.ForgetOthersAsync(Page, "contoso/alice");
        Browser.VerifyInvoke("keep");
    }
}
