using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.SignIn;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Whoever has some of the keys, ids and numbers of a sign-in, and not all of them.</summary>
public sealed class SignInAttackTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static readonly DemoApplication SalesDesk = DemoApplication.Defaults[1];

    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task I9_A_phone_of_another_tenant_answers_nothing_whoever_it_says_it_is()
    {
        var (ours, theirs) = await Test.NamesakesAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = ours.UserId }, Stop);
        var shown = await ShownAsync(ours.Phones[0]);
        var registration = theirs.Phones[0].State.Registration!;
        var before = await Test.TextAsync(ours, "c.type != 'device'");

        var asItself = await Test.AnswerAsync(registration, shown, asked.Number);
        Assert.Equal((404, ProblemCodes.NotFound), (asItself.Status, asItself.ProblemCode));
        var asOurs = await Test.CallAsync(
            registration.Signer with { Tenant = ours.TenantId }, shown.RequestId, Test.Acceptance(registration, shown, asked.Number));
        Assert.Equal((401, ProblemCodes.DeviceUnknown), (asOurs.Status, asOurs.ProblemCode));

        Assert.Equal(AuthenticationRequestStatus.Pending, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
        Assert.Equal(before, await Test.TextAsync(ours, "c.type != 'device'"));
    }

    [Fact]
    public async Task I13_A_signature_for_one_request_that_waits_does_not_answer_another_one_that_waits()
    {
        var user = await Test.NewUserAsync(accounts: 2);
        using var payroll = Test.Application();
        using var salesDesk = Test.Application(SalesDesk);
        var one = await payroll.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var other = await salesDesk.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = (await Test.CallAsync(HttpMethod.Get, "mobile/authentication-requests", user.Signer(0), null)).Read<WaitingRequestList>()!.Requests;
        var forPayroll = shown.Single(request => request.ApplicationId == Payroll.ClientId);
        var forSalesDesk = shown.Single(request => request.ApplicationId == SalesDesk.ClientId);
        var registration = user.Phones[0].State.Registration!;

        foreach (var number in (string[])[one.Number, other.Number])
        {
            var answer = await Test.CallAsync(registration.Signer, forSalesDesk.RequestId, Test.Acceptance(registration, forPayroll, number));
            Assert.Equal((401, ProblemCodes.ProofInvalid), (answer.Status, answer.ProblemCode));
        }

        Assert.Empty((await Test.RequestOfAsync(user, forSalesDesk)).WrongNumbers);
        Read(await Test.AnswerAsync(user, forPayroll, one.Number));
        Assert.Equal(AuthenticationRequestStatus.Pending, (await salesDesk.OutcomeAsync(other.AuthenticationRequestId, Stop)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I1_The_key_of_a_removed_phone_signs_nothing_for_a_phone_that_is_registered(bool isNamed)
    {
        var user = await Test.NewUserAsync(phones: 2);
        var removed = user.Phones[1].State.Registration!;
        await Test.RemovedAsync(user, 1);
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        var registration = user.Phones[0].State.Registration!;
        var byRemoved = Test.Signed(registration, shown, asked.Number) with
        {
            Key = removed.DeviceKey,
            KeyId = isNamed ? removed.DeviceId : registration.DeviceId,
        };

        var answer = await Test.CallAsync(
            registration.Signer,
            shown.RequestId,
            Test.Acceptance(registration, shown, asked.Number) with { DeviceSignature = byRemoved.Build() });

        Assert.Equal((401, ProblemCodes.ProofInvalid), (answer.Status, answer.ProblemCode));
        Assert.Equal(AuthenticationRequestStatus.Pending, (await Test.RequestOfAsync(user, shown)).Status);
    }

    [Fact]
    public async Task I7_A_DID_that_was_reset_accepts_nothing_for_the_phone_that_came_after_it_and_leaves_an_alert()
    {
        var user = await Test.NewUserAsync();
        var retired = user.DidKey();
        var phone = Test.NewPhone();
        await Test.UnregisteredAsync(user);
        await phone.EnrollAsync((await Test.Admin().ClaimAsync(user.UserId, Stop)).Link!, Stop);
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(phone);
        var registration = phone.State.Registration!;
        var byRetired = Test.Signed(registration, shown, asked.Number) with { Key = retired, KeyId = retired.Did };

        var answer = await Test.CallAsync(
            registration.Signer, shown.RequestId, Test.Acceptance(registration, shown, asked.Number) with { DidSignature = byRetired.Build() });

        Assert.Equal((403, ProblemCodes.DidRetired), (answer.Status, answer.ProblemCode));
        Assert.Equal(AuthenticationRequestStatus.Pending, (await Test.RequestOfAsync(user, shown)).Status);
        Assert.Single(await Test.AuditAsync(user), entry => entry.Alert && entry.Action == AuditActions.RetiredDidUsed);
        Assert.Equal(AuthenticationRequestStatus.Accepted, Read(await Test.AnswerAsync(registration, shown, asked.Number)).Status);
    }

    [Fact]
    public async Task I13_An_auth_req_id_that_is_altered_anywhere_is_no_request()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var id = (await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop)).AuthenticationRequestId;
        string[] altered =
        [
            .. id.Select((character, index) => $"{id[..index]}{(character == 'A' ? 'B' : 'A')}{id[(index + 1)..]}"),

            // The last character carries two bits only; the others must be zero.
            id[..^1] + (char)(id[^1] + 1),
            id[1..], id[..^1], id + "A", id + "=", id + "==", "A" + id, id + id, id.ToUpperInvariant(), id.ToLowerInvariant(),
        ];

        foreach (var portion in altered.Chunk(20))
        {
            var answers = await Task.WhenAll(portion.Select(text => CodeAsync(application.PollRawAsync(text, Stop))));
            Assert.All(answers, answer => Assert.Contains(answer.Code, (string[])[ProblemCodes.NotFound, ProblemCodes.InvalidRequest]));
        }

        Assert.Equal(AuthenticationRequestStatus.Pending, (await application.OutcomeAsync(id, Stop)).Status);
    }

    [Theory]
    [InlineData("fullwidth")]
    [InlineData("arabic-indic")]
    [InlineData("devanagari")]
    [InlineData(" {0}")]
    [InlineData("{0} ")]
    [InlineData("{0}\n")]
    [InlineData("+{0}")]
    [InlineData("{0}0")]
    [InlineData("\u200b{0}")]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("0x1A2B")]
    [InlineData("1e5")]
    public async Task I13_A_number_in_other_digits_is_no_try(string form)
    {
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        var typed = form switch
        {
            "fullwidth" => Shifted(asked.Number, '０'),
            "arabic-indic" => Shifted(asked.Number, '٠'),
            "devanagari" => Shifted(asked.Number, '०'),
            _ => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, asked.Number),
        };

        var answer = await Test.AnswerAsync(user, shown, typed);

        Assert.Equal((400, ProblemCodes.InvalidRequest), (answer.Status, answer.ProblemCode));
        Assert.True(answer.Body!.Value.GetProperty("errors").TryGetProperty("number", out _));
        Assert.Equal(2, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(asked.Number, 1))));
        Assert.Equal(AuthenticationRequestStatus.Accepted, Read(await Test.AnswerAsync(user, shown, asked.Number)).Status);
    }

    private static string Shifted(string number, char zero) => string.Concat(number.Select(digit => (char)(digit - '0' + zero)));
}
