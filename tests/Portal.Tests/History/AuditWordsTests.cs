using System.Reflection;
using BlokSec.Contracts;
using BlokSec.Portal.History;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Tests.History;

/// <summary>I12: what is recorded can be read by people.</summary>
public sealed class AuditWordsTests
{
    private static readonly DeviceDetails Phone = Samples.Device();

    [Fact]
    public void Every_action_is_a_sentence()
    {
        foreach (var action in typeof(AuditActions).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!))
        {
            var sentence = Of(action);
            Assert.DoesNotContain(action, sentence, StringComparison.Ordinal);
            Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(AuditActions.DeviceRemoved, "Alice Adams removed Work phone (iPhone 16 Pro). It was blocked at once.")]
    [InlineData(AuditActions.ActiveDeviceChanged, "Alice Adams made Work phone (iPhone 16 Pro) the active device.")]
    [InlineData(AuditActions.RemovalConfirmed, "Work phone (iPhone 16 Pro) confirmed that it has reset itself.")]
    public void It_names_who_did_what_to_which_device(string action, string sentence) => Assert.Equal(sentence, Of(action));

    [Fact]
    public void An_action_of_a_later_version_is_shown_as_it_is() => Assert.Equal("Alice Adams: device.painted", Of("device.painted"));

    [Fact]
    public void How_a_person_was_recognized_is_told_with_the_note() => Assert.Equal(
        "Alice Adams recorded how the user was recognized before the claim QR code was shown: Badge in person (“Ticket 4711”).",
        Of(AuditActions.ClaimIdentityChecked, after: new Dictionary<string, string?> { ["way"] = "Badge in person", ["note"] = "Ticket 4711" }));

    [Fact]
    public void The_first_claim_of_a_user_was_not_renewed()
    {
        Assert.Equal("Alice Adams created a claim QR code.", Of(AuditActions.ClaimRenewed));
        Assert.Equal(
            "Alice Adams renewed the claim QR code. The one before stopped working.",
            Of(AuditActions.ClaimRenewed, new Dictionary<string, string?> { ["claimId"] = "c1" }));
    }

    [Fact]
    public void A_piece_of_the_chain_is_told_by_its_blocks() => Assert.Equal(
        "Alice Adams exported a piece of the audit chain, to be checked elsewhere (blocks: 2 to 4).",
        Of(AuditActions.AuditExported, after: new Dictionary<string, string?> { ["blocks"] = "2 to 4" }));

    [Fact]
    public void An_exported_list_is_told_with_what_narrowed_it()
    {
        Assert.Equal("Alice Adams exported the list of users.", Of(AuditActions.UsersExported));
        Assert.Equal("Alice Adams exported the list of operations.", Of(AuditActions.OperationsExported));
        Assert.Equal(
            "Alice Adams exported the list of devices (platform: ios, unusedDays: 90).",
            Of(AuditActions.DevicesExported, after: new Dictionary<string, string?> { ["platform"] = "ios", ["unusedDays"] = "90" }));
    }

    [Fact]
    public void Exported_authentication_requests_are_those_of_the_organization_or_of_the_user()
    {
        var entry = new AuditEntryDetails("e1", Samples.Now, "administrator", "Alice Adams", AuditActions.SignInsExported, [], null, null, null, null, Alert: false);

        Assert.Equal("Alice Adams exported authentication requests of the organization.", Outside.Plain(AuditWords.Of(entry, user: null)));
        Assert.Equal(
            "Alice Adams exported authentication requests of the user.", Outside.Plain(AuditWords.Of(entry with { UserId = "maria-lopez" }, Samples.User(Phone))));
    }

    [Theory]
    [InlineData(AuditActions.SignInNotMe, "?from=2026-11-25&to=2026-11-25&status=denied&reason=notMe")]
    [InlineData(AuditActions.SignInWrongNumber, "?from=2026-11-25&to=2026-11-25&status=denied&reason=wrongNumber")]
    [InlineData(AuditActions.SignInsHeldBack, "?from=2026-11-25&to=2026-11-25")]
    public void An_alert_of_sign_ins_says_what_to_do_and_leads_to_the_requests(string action, string query)
    {
        Assert.Matches("[Aa]sk ", Of(action));
        var entry = new AuditEntryDetails("e1", Samples.Now, "phone", Phone.DeviceId, action, ["r-1"], null, null, null, null, Alert: true);
        Assert.EndsWith(query, AuditWords.Requests(entry, at => DateOnly.FromDateTime(at.UtcDateTime))!.Address("maria-lopez"), StringComparison.Ordinal);
        Assert.Null(AuditWords.Requests(entry with { Action = AuditActions.DeviceRemoved }, _ => null));
    }

    private static string Of(string action, IReadOnlyDictionary<string, string?>? before = null, IReadOnlyDictionary<string, string?>? after = null) => Outside.Plain(AuditWords.Of(
        new AuditEntryDetails("e1", Samples.Now, "administrator", "Alice Adams", action, [Phone.DeviceId], null, null, before, after, Alert: false),
        Samples.User(Phone)));
}
