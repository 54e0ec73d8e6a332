using BlokSec.Contracts;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;

namespace BlokSec.Portal.Tests.Users;

public sealed class DidSectionTests : ConsoleTest
{
    [Fact]
    public void Each_identity_is_told_newest_first_with_its_beginning_and_its_end()
    {
        var user = Samples.User() with
        {
            Did = "did:key:new",
            Epoch = 5,
            Dids =
            [
                new DidDetails("did:key:unrecorded"),
                new DidDetails("did:key:old") { From = Samples.Now, DeviceName = "Work phone", To = Samples.Now.AddDays(1), EndedBy = "Alice Adams", Reason = "Lost" },
                new DidDetails("did:key:new") { From = Samples.Now.AddDays(2) },
            ],
        };

        var section = Render<DidSection>(parameters => parameters.Add(section => section.User, user));

        Assert.Equal(["did:key:new", "did:key:old", "did:key:unrecorded"], section.FindAll("[data-testid=did] code").Select(did => did.TextContent));
        var text = Text(section);
        Assert.Contains("This is the present one.", text, StringComparison.Ordinal);
        Assert.Contains("Enrolled on 2026-11-25 12:03:05 (UTC+01:00) with Work phone.", text, StringComparison.Ordinal);
        Assert.Contains("all devices were unregistered by Alice Adams, “Lost”.", text, StringComparison.Ordinal);
        Assert.Contains("Ended before this was recorded", text, StringComparison.Ordinal);
        Assert.Contains("Earlier ones are in the audit.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_who_never_had_one_has_no_section() =>
        Assert.Empty(Render<DidSection>(parameters => parameters.Add(section => section.User, Samples.User() with { Dids = [] })).FindAll("section"));
}
