using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Verify;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>The assertion of an accepted sign-in, in the hands of somebody who has the public keys only.</summary>
public sealed class SignInAssertionTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string Type = "sign-in-assertion+jwt";

    private readonly TestCloud test = fixture.Cloud;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_accepted_sign_in_is_proven_to_have_been_signed_by_device_and_DID(int phones)
    {
        var user = await test.NewUserAsync(phones);
        var (assertion, number) = await AcceptedAsync(user, phones - 1);

        var told = await VerifyRun.OfAsync("assertion", assertion, await VerifyRun.KeysAsync(test), "--json");

        Assert.Equal((ExitCodes.Proven, ""), (told.ExitCode, told.Error));
        Assert.Equal((user.UserId, user.DeviceIds[phones - 1], number), (told.Fact("user"), told.Fact("device"), told.Fact("number")));
        var words = (await VerifyRun.OfAsync("assertion", assertion, await VerifyRun.KeysAsync(test))).Output;
        Assert.Contains($"typed the number {number}. The service cannot make up this signature.", words, StringComparison.Ordinal);
        Assert.Contains("Not proven: who held the phone.", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assertion_that_is_changed_anywhere_is_not_proven()
    {
        var (assertion, _) = await AcceptedAsync(await test.NewUserAsync(), 0);
        var keys = await VerifyRun.KeysAsync(test);

        foreach (var (path, changed) in VerifyRun.ChangesOf(VerifyRun.PayloadOf(assertion)))
        {
            await AssertForgedAsync(VerifyRun.WithPayload(assertion, changed.ToJsonString()), keys, path);
        }

        var header = VerifyRun.HeaderOf(assertion);
        Assert.Equal(["alg", "kid", "typ"], header.Select(member => member.Key).Order(StringComparer.Ordinal));
        foreach (var (path, changed) in VerifyRun.ChangesOf(header))
        {
            await AssertForgedAsync(VerifyRun.WithHeader(assertion, changed.ToJsonString()), keys, path);
        }

        foreach (var name in header.Select(member => member.Key))
        {
            var changed = header.DeepClone().AsObject();
            changed.Remove(name);
            await AssertForgedAsync(VerifyRun.WithHeader(assertion, changed.ToJsonString()), keys, $"without {name}");
        }
    }

    [Fact]
    public async Task Even_the_service_itself_can_change_only_the_name_of_the_account_and_how_it_calls_the_method()
    {
        var (assertion, _) = await AcceptedAsync(await test.NewUserAsync(), 0);
        var keys = await VerifyRun.KeysAsync(test);

        var accepted = new List<string>();
        foreach (var (path, changed) in VerifyRun.ChangesOf(VerifyRun.PayloadOf(assertion)))
        {
            if ((await VerifyRun.OfAsync("assertion", VerifyRun.SignedByService(test, Type, changed), keys)).ExitCode == ExitCodes.Proven)
            {
                accepted.Add(path);
            }
        }

        Assert.Equal(["/account_name", "/amr/0", "/amr/1", "/amr/2"], accepted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_signed_for_another_sign_in_is_not_taken()
    {
        var user = await test.NewUserAsync();
        var (first, second) = ((await AcceptedAsync(user, 0)).Assertion, (await AcceptedAsync(user, 0)).Assertion);
        var (claims, others, keys) = (VerifyRun.PayloadOf(first), VerifyRun.PayloadOf(second), await VerifyRun.KeysAsync(test));

        foreach (var (what, forge) in new (string, Action<JsonObject>)[]
        {
            ("the device's answer of another sign-in", forged => forged["answer"]!["device"] = others["answer"]!["device"]!.DeepClone()),
            ("the DID's answer of another sign-in", forged => forged["answer"]!["did"] = others["answer"]!["did"]!.DeepClone()),
            ("both answers of another sign-in", forged => forged["answer"] = others["answer"]!.DeepClone()),
            ("the device's answer as the DID's", forged => forged["answer"]!["did"] = forged["answer"]!["device"]!.DeepClone()),
            ("a sign-in of an hour later", forged => (forged["iat"], forged["auth_time"]) = (Later(forged), Later(forged))),
            ("no answer", forged => forged.Remove("answer")),
        })
        {
            var forged = claims.DeepClone().AsObject();
            forge(forged);
            await AssertForgedAsync(VerifyRun.SignedByService(test, Type, forged), keys, what);
        }

        await AssertForgedAsync(VerifyRun.SignedByService(test, RemovalReceipt.Type, claims), keys, "a receipt");
    }

    private async Task<(string Assertion, string Number)> AcceptedAsync(TestUser user, int phone)
    {
        var asked = await test.AskAsync(user);
        var shown = await SignInTest.ShownAsync(user.Phones[phone]);
        Assert.Equal(200, (await test.AnswerAsync(user.Phones[phone].State.Registration!, shown, asked.Number)).Status);
        using var application = test.Application();
        return ((await application.OutcomeAsync(asked.AuthenticationRequestId, SignInTest.Stop)).Assertion!, asked.Number);
    }

    private static long Later(JsonObject claims) => claims["auth_time"]!.GetValue<long>() + 3_600;

    private static async Task AssertForgedAsync(string assertion, string keys, string what)
    {
        var told = await VerifyRun.OfAsync("assertion", assertion, keys);
        Assert.True(told.ExitCode == ExitCodes.NotProven, $"{what}: {told}");
    }
}
