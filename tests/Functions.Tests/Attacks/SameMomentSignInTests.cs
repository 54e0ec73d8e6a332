using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Wire;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Answers of one user at the same moment, from several phones and at two instances of the app.</summary>
public sealed class SameMomentSignInTests(TwoInstances instances) : IClassFixture<TwoInstances>
{
    private const int Rounds = 10;

    private TestCloud Test => instances.Cloud;

    [Fact]
    public async Task I13_Two_phones_that_guess_at_the_same_moment_have_three_tries_together()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = await Test.NewUserAsync(phones: 2);
            using var application = Test.Application();
            var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
            var shown = await ShownAsync(user.Phones[0]);

            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(guess => Test.AnswerAsync(
                user.Phones[guess % 2].State.Registration!, shown, Wrong(asked.Number, 1 + guess), instances[guess / 3])));

            Assert.Equal([2, 1], answers.Select(AttemptsLeft).OfType<int>().OrderDescending());
            Assert.All(answers.Where(answer => AttemptsLeft(answer) is null), answer => Assert.True(
                answer.IsSuccess ? Read(answer) == (AuthenticationRequestStatus.Denied, DenialReason.WrongNumber) : answer.ProblemCode == ProblemCodes.RequestAnswered,
                answer.ToString()));
            var right = await Task.WhenAll(user.Phones.Select(phone => Test.AnswerAsync(phone.State.Registration!, shown, asked.Number)));
            Assert.DoesNotContain(right, answer => answer.IsSuccess && Read(answer).Status == AuthenticationRequestStatus.Accepted);
            Assert.Equal(3, (await Test.RequestOfAsync(user, shown)).WrongNumbers.Count);
            Assert.Equal(3, Assert.Single(await Test.AllAsync<SignInGuardDocument>(user, SignInGuardDocument.DocumentType)).WrongNumbers);
            Assert.Equal(DenialReason.WrongNumber, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Reason);
            Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.SignInWrongNumber);
        }
    }

    [Theory]
    [InlineData(SignInDecision.Accept, SignInDecision.NotMe, 0)]
    [InlineData(SignInDecision.Accept, SignInDecision.Cancel, 0)]
    [InlineData(SignInDecision.Cancel, SignInDecision.NotMe, 0)]
    [InlineData(SignInDecision.Accept, SignInDecision.NotMe, 1)]
    [InlineData(SignInDecision.Accept, SignInDecision.Accept, 1)]
    public async Task I13_Of_two_decisions_at_the_same_moment_one_wins_and_the_other_learns_it(SignInDecision one, SignInDecision other, int otherPhone)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = await Test.NewUserAsync(phones: 2);
            using var application = Test.Application();
            var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
            var shown = await ShownAsync(user.Phones[0]);

            var answers = await Task.WhenAll(DecideAsync(user, 0, one, 0), DecideAsync(user, otherPhone, other, 1));

            var winner = Array.FindIndex(answers, answer => answer.IsSuccess);
            var loser = answers[1 - winner];
            Assert.Equal((409, ProblemCodes.RequestAnswered), (loser.Status, loser.ProblemCode));
            var stored = await Test.RequestOfAsync(user, shown);
            Assert.Equal(user.DeviceIds[winner == 0 ? 0 : otherPhone], stored.AnsweredBy);
            var outcome = await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);
            Assert.Equal(Read(answers[winner]), (outcome.Status, outcome.Reason));
            Assert.Equal((winner == 0 ? one : other) == SignInDecision.Accept, outcome.Assertion is not null);
            Assert.Equal(outcome.Reason == DenialReason.NotMe ? 1 : 0, (await Test.AuditAsync(user)).Count(entry => entry.Alert));

            Task<ApiAnswer> DecideAsync(TestUser by, int phone, SignInDecision decision, int instance)
            {
                var registration = by.Phones[phone].State.Registration!;
                return Test.CallAsync(
                    registration.Signer,
                    shown.RequestId,
                    decision == SignInDecision.Accept
                        ? Test.Acceptance(registration, shown, asked.Number)
                        : new AuthenticationAnswer { Decision = decision },
                    instances[instance]);
            }
        }
    }
}
