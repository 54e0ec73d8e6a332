using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

public sealed class AClaimWorksOnceTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const int RandomBits = 128;

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I8_A_code_has_128_bits_at_least_and_no_two_are_alike()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var codes = new List<byte[]>();
        for (var renewal = 0; renewal < 30; renewal++)
        {
            codes.Add(Base64Url.DecodeFromChars((await test.RenewedAsync(user)).Code));
        }

        Assert.All(codes, code => Assert.True(code.Length * 8 >= RandomBits));
        Assert.Equal(codes.Count, codes.Select(Convert.ToHexString).Distinct().Count());

        // No part of a code is the same in all of them, as a prefix or a counter would be.
        Assert.All(
            Enumerable.Range(0, codes[0].Length - 1),
            place => Assert.True(codes.Select(code => (code[place], code[place + 1])).Distinct().Count() > codes.Count / 2));
    }

    [Fact]
    public async Task I8_Nothing_at_rest_lets_anybody_enroll()
    {
        var user = await test.NewUserAsync(phones: 1);
        var code = (await test.UnregisteredAsync(user)).Code;

        var stored = await test.TextAsync(user);

        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(code));
        var bytes = Base64Url.DecodeFromChars(code);
        foreach (var form in new[]
        {
            code, Base64Url.EncodeToString(hash), Convert.ToBase64String(hash), Convert.ToHexString(hash), Convert.ToHexString(bytes),
            Convert.ToBase64String(bytes),
        })
        {
            Assert.DoesNotContain(form, stored, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task I8_Of_many_phones_that_redeem_at_the_same_moment_one_enrolls()
    {
        var user = await test.NewUserAsync(phones: 1);
        var claim = await test.UnregisteredAsync(user);
        var phones = Enumerable.Range(0, 8).Select(_ => (Signer: user.NewSigner(), Did: PhoneKey.Create(KeyKind.Ed25519))).ToArray();

        var answers = await Task.WhenAll(phones.Select(phone => test.RedeemAsync(phone.Signer, phone.Did, claim.Code)));

        var winner = phones[Array.FindIndex(answers, answer => answer.Status == 201)];
        Assert.Equal(7, answers.Count(answer => (answer.Status, answer.ProblemCode) == (409, ProblemCodes.ClaimUsed)));
        await test.AtRestAsync(user);
        var told = await test.Admin().UserAsync(user.UserId, Stop);
        Assert.Equal(winner.Signer.Key.DeviceId, Assert.Single(told.Devices).DeviceId);
        Assert.Equal(winner.Did.Did, told.Did);
        Assert.All(told.Accounts.Accounts, account => Assert.Equal(winner.Did.Did, account.Did));
        Assert.Equal((ClaimState.Redeemed, winner.Signer.Key.DeviceId, null), (told.Claim?.State, told.Claim?.RedeemedByDeviceId, told.Claim?.Link));
    }

    [Fact]
    public async Task I8_After_a_renewal_the_old_code_is_worth_nothing_and_costs_the_new_one_nothing()
    {
        var user = await test.NewUserAsync(phones: 1);
        var old = await test.UnregisteredAsync(user);
        var renewed = await test.RenewedAsync(user);

        var redeemed = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), old.Code);

        Assert.Equal((409, ProblemCodes.ClaimReplaced), (redeemed.Status, redeemed.ProblemCode));
        Assert.Single(await test.DocumentsAsync(user, "c.type = 'claim'"));
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), renewed.Code)).Status);
    }

    [Fact]
    public async Task I8_When_a_renewal_meets_a_redemption_one_of_them_wins()
    {
        for (var round = 0; round < 12; round++)
        {
            var user = await test.NewUserAsync(phones: 0, invited: true);
            var claim = await test.RenewedAsync(user);

            var redeeming = test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519), claim.Code);
            var renewing = test.Admin().RenewAsync(user.UserId);
            var (redeemed, renewed) = (await redeeming, await renewing);

            Assert.Contains((redeemed.Status, renewed.Status), new (int?, int)[] { (201, 409), (409, 200) });
            var state = (await test.Admin().ClaimAsync(user.UserId, Stop)).State;
            Assert.Equal(redeemed.Status == 201 ? ClaimState.Redeemed : ClaimState.Open, state);
            Assert.Equal(redeemed.Status == 201 ? 1 : 0, (await test.DocumentsAsync(user, "c.type = 'device'")).Count);
        }
    }

    [Fact]
    public async Task I8_A_used_code_works_for_nobody_else_and_in_no_later_life()
    {
        var user = await test.NewUserAsync(phones: 1);
        var claim = await test.UnregisteredAsync(user);
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);
        await test.AtRestAsync(user);

        var second = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);
        Assert.Equal((409, ProblemCodes.ClaimUsed), (second.Status, second.ProblemCode));
        Assert.Equal(404, (await test.Admin().AskAsync($"users/{user.UserId}/claim/qr")).Status);
        var renewal = await test.Admin().RenewAsync(user.UserId);
        Assert.Equal((409, ProblemCodes.NotUnregistered), (renewal.Status, renewal.Code));

        await test.UnregisteredAsync(user);
        var later = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);
        Assert.Equal((409, ProblemCodes.ClaimReplaced), (later.Status, later.ProblemCode));
    }

    [Fact]
    public async Task I8_A_phone_whose_answer_got_lost_asks_again_and_is_still_the_only_one()
    {
        var user = await test.NewUserAsync(phones: 1);
        var claim = await test.UnregisteredAsync(user);
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519));

        var first = await test.RedeemAsync(signer, didKey, claim.Code);
        await test.AtRestAsync(user);
        var before = await test.TextAsync(user);
        var again = await test.RedeemAsync(signer, didKey, claim.Code);

        Assert.Equal((201, 200), (first.Status, again.Status));
        Assert.Equal(first.Read<EnrolledDevice>(), again.Read<EnrolledDevice>());
        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task I8_An_expired_claim_shows_no_code_any_more_until_it_is_renewed()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var claim = await test.RenewedAsync(user);
        await test.PassAsync(TimeSpan.FromHours(24));

        var told = await test.Admin().ClaimAsync(user.UserId, Stop);
        Assert.Equal((ClaimState.Expired, null), (told.State, told.Link));
        Assert.Equal(404, (await test.Admin().AskAsync($"users/{user.UserId}/claim/qr")).Status);
        var redeemed = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);
        Assert.Equal((410, ProblemCodes.ClaimExpired), (redeemed.Status, redeemed.ProblemCode));

        var renewed = await test.RenewedAsync(user);
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), renewed.Code)).Status);
    }

    [Fact]
    public async Task I8_A_claim_can_be_redeemed_until_the_last_second_of_its_24_hours()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var claim = await test.RenewedAsync(user);
        await test.PassAsync(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));

        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);
    }

    [Fact]
    public async Task I8_Unregistering_again_leaves_the_open_claim_as_it_is()
    {
        var user = await test.NewUserAsync(phones: 1);
        var claim = await test.UnregisteredAsync(user);

        Assert.Equal(200, (await test.Admin().UnregistrationAsync(user.UserId)).Status);

        Assert.Equal(claim, await test.ClaimLinkAsync(user));
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);
    }
}
