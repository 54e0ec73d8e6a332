using System.Globalization;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Verify;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>The receipt of a removal, and what <c>bloksec-verify</c> says of it on a machine that has nothing but the receipt and the public keys.</summary>
public sealed class RemovalReceiptTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "Apple")]
    [InlineData(1, "Google")]
    public async Task A_phone_that_confirmed_is_proven_to_have_signed_its_erasure(int phone, string provider)
    {
        var user = await test.NewUserAsync(phones: 2);
        var handle = user.Phones[phone].State.PushAddress.Token;
        await ConfirmedAsync(user, phone);

        var receipt = await ReceiptAsync(user, phone);
        var told = await VerifyAsync(receipt);

        Assert.Equal((ExitCodes.Proven, ""), (told.ExitCode, told.Error));
        Assert.Equal("erasureSignedByPhone", told.Fact("outcome"));
        Assert.Equal((user.TenantId, user.UserId, user.DeviceIds[phone]), (told.Fact("tenant"), told.Fact("user"), told.Fact("device")));
        var claims = VerifyRun.PayloadOf(receipt);
        Assert.DoesNotContain(handle, claims.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("lost", Text(claims, "requested", "reason"));
        Assert.Equal(AuditActorKinds.Administrator, Text(claims, "requested", "byKind"));
        var removed = Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceRemoved);
        Assert.Equal((removed.Actor.Id, removed.Actor.Name), (Text(claims, "requested", "subject"), Text(claims, "requested", "by")));
        Assert.Equal((provider, "accepted"), (Text(claims, "push", "provider"), Text(claims, "push", "state")));
        var kept = Assert.Single(await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType));
        Assert.Equal((kept.ProviderMessageId, kept.Statement, kept.ConfirmedProof), (Text(claims, "push", "messageId"), Text(claims, "statement"), Text(claims, "confirmed", "proof")));

        var words = (await VerifyRun.OfAsync("receipt", receipt + "\n", await VerifyRun.KeysAsync(test))).Output;
        Assert.Contains("Proven: whoever has the key of the device signed", words, StringComparison.Ordinal);
        Assert.Contains("Not proven: that nothing is left on the phone.", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_that_only_asked_is_proven_to_have_called_after_the_removal_and_not_to_have_erased_itself()
    {
        var user = await test.NewUserAsync();
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        var first = VerifyRun.PayloadOf(await ReceiptAsync(user, 0));
        Assert.Equal(410, (await test.StatusAsync(signer)).Status);

        var receipt = await ReceiptAsync(user, 0);

        Assert.Equal("learnedSignedByPhone", (await VerifyAsync(receipt)).Fact("outcome"));
        Assert.Equal(Text(first, "learned", "proof"), Text(VerifyRun.PayloadOf(receipt), "learned", "proof"));
        Assert.Contains(
            "Not proven: that the phone erased itself.", (await VerifyRun.OfAsync("receipt", receipt, await VerifyRun.KeysAsync(test))).Output, StringComparison.Ordinal);

        Assert.Equal(204, (await test.EraseAsync(signer)).Status);
        var confirmed = VerifyRun.PayloadOf(await ReceiptAsync(user, 0));
        Assert.Equal("confirmed", Text(confirmed, "outcome"));
        Assert.Equal(Text(first, "learned", "proof"), Text(confirmed, "learned", "proof"));

        test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(204, (await test.EraseAsync(signer)).Status);
        Assert.Equal(Text(confirmed, "confirmed", "proof"), Text(VerifyRun.PayloadOf(await ReceiptAsync(user, 0)), "confirmed", "proof"));
    }

    [Fact]
    public async Task A_phone_that_was_not_heard_of_is_not_confirmed_and_its_receipt_is_genuine_all_the_same()
    {
        var user = await test.NewUserAsync();
        await user.Phones[0].SetOfflineAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);

        var receipt = await ReceiptAsync(user, 0);

        var told = await VerifyAsync(receipt);
        Assert.Equal((ExitCodes.Proven, "notConfirmed"), (told.ExitCode, told.Fact("outcome")));
        Assert.Contains(
            "Not proven: that the phone knows of its removal",
            (await VerifyRun.OfAsync("receipt", receipt, await VerifyRun.KeysAsync(test))).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_from_before_signatures_were_kept_says_so()
    {
        var user = await test.NewUserAsync();
        await ConfirmedAsync(user, 0);
        await test.PatchAsync(user, RevocationDocument.IdOf(user.DeviceIds[0]), PatchOperation.Remove("/confirmedProof"));

        var told = await VerifyAsync(await ReceiptAsync(user, 0));

        Assert.Equal((ExitCodes.Proven, "erasureOnTheServicesWord"), (told.ExitCode, told.Fact("outcome")));
    }

    [Fact]
    public async Task The_receipt_comes_as_JSON_or_by_itself()
    {
        var user = await test.NewUserAsync();
        await test.RemovedAsync(user, 0);
        var path = $"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt";

        var byItself = await test.Admin(TestCloud.Reader).SendAsync(HttpMethod.Get, path, null, ("Accept", "application/jose"));
        var refused = await test.Admin(TestCloud.Reader).SendAsync(HttpMethod.Get, path, null, ("Accept", "text/html"));

        Assert.Equal(200, byItself.Status);
        Assert.Equal(ExitCodes.Proven, (await VerifyAsync(byItself.Text)).ExitCode);
        Assert.Equal((406, ProblemCodes.NotAcceptable), (refused.Status, refused.Code));
        Assert.Equal(404, (await test.Admin().AskAsync($"users/{user.UserId}/revocations/{new string('A', 43)}/receipt")).Status);
        Assert.Equal(404, (await test.Admin(TestCloud.Neighbour).AskAsync(path)).Status);
    }

    [Fact]
    public async Task A_receipt_that_is_changed_anywhere_is_not_proven()
    {
        var user = await test.NewUserAsync();
        await ConfirmedAsync(user, 0);
        var (receipt, keys) = (await ReceiptAsync(user, 0), await VerifyRun.KeysAsync(test));

        foreach (var (path, changed) in VerifyRun.ChangesOf(VerifyRun.PayloadOf(receipt)))
        {
            await AssertForgedAsync(VerifyRun.WithPayload(receipt, changed.ToJsonString()), keys, path);
        }

        foreach (var (path, changed) in VerifyRun.ChangesOf(VerifyRun.HeaderOf(receipt)))
        {
            await AssertForgedAsync(VerifyRun.WithHeader(receipt, changed.ToJsonString()), keys, path);
        }
    }

    /// <summary>Who has the service's key, or writes into its database, can change what is the service's word. The rest is tied to what was signed before.</summary>
    [Fact]
    public async Task Even_the_service_itself_can_change_only_its_own_word()
    {
        var user = await test.NewUserAsync();
        await ConfirmedAsync(user, 0);
        var (payload, keys) = (VerifyRun.PayloadOf(await ReceiptAsync(user, 0)), await VerifyRun.KeysAsync(test));

        var accepted = new List<string>();
        foreach (var (path, changed) in VerifyRun.ChangesOf(payload))
        {
            var told = await VerifyRun.OfAsync("receipt", VerifyRun.SignedByService(test, RemovalReceipt.Type, changed), keys);
            if (told.ExitCode == ExitCodes.Proven)
            {
                accepted.Add(path);
            }
        }

        string[] word = ["/iss", "/iat", "/device/name", "/device/model", "/push", "/requested", "/timeline"];
        Assert.All(accepted, path => Assert.Contains(word, own => path == own || path.StartsWith($"{own}/", StringComparison.Ordinal)));
        Assert.All(word, own => Assert.Contains(accepted, path => path.StartsWith(own, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_another_phone_or_another_call_signed_is_not_taken_for_the_phones_erasure()
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        Assert.Equal(204, (await test.EraseAsync(signer)).Status);
        await ConfirmedAsync(user, 1);
        var (first, second, keys) = (VerifyRun.PayloadOf(await ReceiptAsync(user, 0)), VerifyRun.PayloadOf(await ReceiptAsync(user, 1)), await VerifyRun.KeysAsync(test));

        foreach (var (what, forge) in new (string, Action<JsonObject>)[]
        {
            ("another device's erasure", claims => claims["confirmed"]!["proof"] = Text(second, "confirmed", "proof")),
            ("another call of the phone", claims => claims["confirmed"]!["proof"] = Text(first, "learned", "proof")),
            ("the statement of another device", claims => claims["statement"] = Text(second, "statement")),
            ("the key of another device", claims => claims["device"]!["key"] = second["device"]!["key"]!.DeepClone()),
            ("a proof without its signature", claims => claims["confirmed"]!["proof"] = Stripped(Text(first, "confirmed", "proof")!)),
            ("an erasure at another time", claims => claims["confirmed"]!["at"] = Later(first, "confirmed", "at")),
            ("an erasure that is left out", claims => claims.Remove("confirmed")),
            ("an erasure that is invented", claims => claims["confirmed"] = new JsonObject { ["at"] = Text(first, "confirmed", "at"), ["proof"] = "a.b.c" }),
        })
        {
            var claims = first.DeepClone().AsObject();
            forge(claims);
            await AssertForgedAsync(VerifyRun.SignedByService(test, RemovalReceipt.Type, claims), keys, what);
        }
    }

    /// <summary>The phone calls the address of its day: that of the statement, or that of the receipt when the service moved in between.</summary>
    [Fact]
    public async Task A_phone_that_erased_itself_after_the_service_got_another_address_is_proven_and_one_of_a_third_address_is_not()
    {
        var user = await test.NewUserAsync();
        await ConfirmedAsync(user, 0);
        var (receipt, keys) = (VerifyRun.PayloadOf(await ReceiptAsync(user, 0)), await VerifyRun.KeysAsync(test));
        var statement = VerifyRun.PayloadOf(Text(receipt, "statement")!);

        Assert.Equal(ExitCodes.Proven, (await AtAsync("https://old.example.com", Text(receipt, "iss")!)).ExitCode);
        Assert.Equal(ExitCodes.Proven, (await AtAsync(Text(receipt, "iss")!, "https://new.example.com")).ExitCode);
        Assert.Equal(ExitCodes.NotProven, (await AtAsync("https://old.example.com", "https://new.example.com")).ExitCode);

        Task<VerifyRun> AtAsync(string removedAt, string madeAt)
        {
            var (claims, signed) = (receipt.DeepClone().AsObject(), statement.DeepClone().AsObject());
            signed["iss"] = removedAt;
            claims["iss"] = madeAt;
            claims["statement"] = VerifyRun.SignedByService(test, "revocation-statement+jwt", signed);
            return VerifyRun.OfAsync("receipt", VerifyRun.SignedByService(test, RemovalReceipt.Type, claims), keys);
        }
    }

    private async Task ConfirmedAsync(TestUser user, int phone)
    {
        await test.RemovedAsync(user, phone);
        await test.ConfirmedAsync(user, user.DeviceIds[phone]);
        await test.AtRestAsync(user);
    }

    private async Task<string> ReceiptAsync(TestUser user, int phone) =>
        (await test.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}/revocations/{user.DeviceIds[phone]}/receipt")).Read<RemovalReceipt>().Receipt;

    private async Task<VerifyRun> VerifyAsync(string receipt) => await VerifyRun.OfAsync("receipt", receipt, await VerifyRun.KeysAsync(test), "--json");

    private static async Task AssertForgedAsync(string receipt, string keys, string what)
    {
        var told = await VerifyRun.OfAsync("receipt", receipt, keys);
        Assert.True(told.ExitCode == ExitCodes.NotProven, $"{what}: {told}");
        Assert.StartsWith("NOT PROVEN.", told.Output, StringComparison.Ordinal);
    }

    private static string? Text(JsonObject claims, params string[] path) => path.Aggregate((JsonNode?)claims, (node, name) => node?[name])?.GetValue<string>();

    private static string Stripped(string jws) => jws[..(jws.LastIndexOf('.') + 1)];

    private static string Later(JsonObject claims, params string[] path) =>
        DateTimeOffset.Parse(Text(claims, path)!, CultureInfo.InvariantCulture).AddHours(1).ToString("O", CultureInfo.InvariantCulture);
}
