using BlokSec.Contracts;
using BlokSec.Functions.Mail;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Mail;

/// <summary>A mail server that is out, slow, or does not want us: mails wait, nothing else does.</summary>
public sealed class MailFaultTests(MailCloud cloud) : IClassFixture<MailCloud>, IAsyncLifetime
{
    private TestCloud Test => cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What a test before did to the server is forgotten.</summary>
    public async ValueTask InitializeAsync() => await Test.PassAsync(TimeSpan.FromMinutes(1));

    public ValueTask DisposeAsync()
    {
        Test.Traffic.Clear();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("to", 451, "(451)", false)]
    [InlineData("data", 452, "(452)", false)]
    [InlineData("from", 421, "(421)", true)]
    [InlineData("from", 550, "as the sender (550)", true)]
    [InlineData("auth", 535, "does not accept our sign-in", true)]
    public async Task What_the_server_does_not_take_now_is_sent_when_it_does(string command, int status, string reason, bool meetsEveryone)
    {
        var (user, address) = await cloud.NewUserAsync();
        using (Test.Traffic.Add(new FaultRule { StandIn = "smtp", Operation = command, Status = status }))
        {
            await RemoveAsync(user);
            var waiting = await WaitingAsync(user);
            Assert.Contains(reason, waiting.Reason, StringComparison.Ordinal);
            Assert.Empty(cloud.MailsTo(address));
            if (meetsEveryone)
            {
                // The next mail does not even try.
                var mark = Test.Traffic.Mark;
                var (other, _) = await cloud.NewUserAsync();
                await RemoveAsync(other);
                await WaitingAsync(other);
                Assert.DoesNotContain(Test.Traffic.Since(mark), seen => seen.StandIn == "smtp");
            }
        }

        await Test.PassAsync(TimeSpan.FromMinutes(1));
        await cloud.GotAsync(address, 1);
        await cloud.RecordedAsync(user, AuditActions.MailSent);
    }

    [Theory]
    [InlineData("to")]
    [InlineData("data")]
    public async Task What_the_server_will_never_take_is_recorded_for_the_administrator_and_holds_up_nobody(string command)
    {
        var (user, address) = await cloud.NewUserAsync();
        var (other, good) = await cloud.NewUserAsync();
        using (Test.Traffic.Add(new FaultRule { StandIn = "smtp", Operation = command, Contains = address, Status = 550, Reason = $"No such user {address}" }))
        {
            await RemoveAsync(user);
            await RemoveAsync(other);

            await cloud.GotAsync(good, 1);
            var failed = await cloud.RecordedAsync(user, AuditActions.MailFailed);
            Assert.Contains("(550)", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("No such user", failed.GetRawText(), StringComparison.Ordinal);
        }

        await Test.PassAsync(TimeSpan.FromHours(1));
        await cloud.GotAsync(address, 0);
        Assert.Equal(0, Test.Cloud.ServiceBus.Count("mails").DeadLettered);
    }

    [Fact]
    public async Task While_the_server_is_out_for_an_hour_operations_end_and_events_go_out_and_then_every_mail_comes_once()
    {
        var people = new List<(TestUser User, string Address)>();
        using (Test.Traffic.Add(new FaultRule { StandIn = "smtp", Drop = true }))
        {
            for (var index = 0; index < 5; index++)
            {
                people.Add(await cloud.NewUserAsync());
                var accepted = await RemoveAsync(people[^1].User);
                Assert.Equal(OperationStatus.Succeeded, (await Test.EndedAsync(people[^1].User, accepted.OperationId)).Status);
                await WaitingAsync(people[^1].User);
            }

            for (var minutes = 0; minutes < 60; minutes += 6)
            {
                await Test.PassAsync(TimeSpan.FromMinutes(6));
            }

            Assert.All(people, person => Assert.Empty(cloud.MailsTo(person.Address)));
            Assert.Equal(0, Test.Cloud.ServiceBus.Count("mails").DeadLettered);
        }

        await Test.PassAsync(TimeSpan.FromMinutes(6));
        await Test.PassAsync(TimeSpan.FromMinutes(1));
        foreach (var (_, address) in people)
        {
            await cloud.GotAsync(address, 1);
        }
    }

    [Fact]
    public async Task A_mail_that_the_server_did_not_take_for_days_is_given_up_and_said_so()
    {
        var (user, address) = await cloud.NewUserAsync();
        using (Test.Traffic.Add(new FaultRule { StandIn = "smtp", Operation = "to", Status = 450 }))
        {
            await RemoveAsync(user);
            await WaitingAsync(user);
            await Test.PassAsync(TimeSpan.FromDays(4));

            var failed = await cloud.RecordedAsync(user, AuditActions.MailFailed);
            Assert.Contains("did not take it in time", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }

        await cloud.GotAsync(address, 0);
    }

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public async Task I4_When_the_record_of_a_mail_is_lost_the_person_is_told_again_with_the_same_id_at_most(FaultStage stage)
    {
        var (user, address) = await cloud.NewUserAsync();

        // What is written right after the server has taken the mail.
        Test.Cloud.Mail.Watch = mail =>
        {
            Test.Cloud.Mail.Watch = null;
            Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = user.UserId, Stage = stage, Status = 503, Times = 1 });
        };
        Assert.Equal(201, (await Test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
        await cloud.GotAsync(address, 1);
        Assert.Empty(Test.Traffic.Faults);

        await Test.PassAsync(TimeSpan.FromMinutes(5));
        await cloud.RecordedAsync(user, AuditActions.MailSent);
        var mails = await cloud.GotAsync(address, stage == FaultStage.Before ? 2 : 1);
        Assert.Single(mails.Select(mail => mail.Message.MessageId).Distinct());
    }

    [Fact]
    public async Task A_password_that_the_server_does_not_accept_is_told_to_nobody()
    {
        var (user, address) = await cloud.NewUserAsync();
        using (Test.Traffic.Add(new FaultRule { StandIn = "smtp", Operation = "auth", Status = 535 }))
        {
            await RemoveAsync(user);
            await WaitingAsync(user);
        }

        await Test.PassAsync(TimeSpan.FromMinutes(1));
        await cloud.GotAsync(address, 1);
        Assert.All(Test.Logs.Lines, line => Assert.DoesNotContain(Test.Cloud.Mail.Password, line, StringComparison.Ordinal));
        Assert.DoesNotContain(Test.Cloud.Mail.Password, await Test.TextAsync(user), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whose_phones_come_and_go_all_the_time_gets_a_bounded_number_of_mails_and_learns_of_all()
    {
        var most = new MailOptions().MaxPerHour;
        var (user, address) = await cloud.NewUserAsync(phones: most + 6);
        for (var phone = 0; phone < user.DeviceIds.Count; phone++)
        {
            await Test.RemovedAsync(user, phone);
        }

        await cloud.GotAsync(address, most);
        await Test.PassAsync(TimeSpan.FromMinutes(50));
        await cloud.GotAsync(address, most);
        await Test.PassAsync(TimeSpan.FromMinutes(11));

        var mails = await cloud.GotAsync(address, most + 1);
        Assert.Equal("BlokSec: several changes of your account", mails[^1].Subject);
        Assert.Equal(user.DeviceIds.Count, mails.Sum(mail => mail.Text.Split("A phone was removed from your account.").Length - 1));
        await Test.PassAsync(TimeSpan.FromHours(2));
        await cloud.GotAsync(address, most + 1);
    }

    private Task<MailDocument> WaitingAsync(TestUser user) => Test.UntilAsync(
        async () => (await Test.AllAsync<MailDocument>(user, MailDocument.DocumentType)).SingleOrDefault(mail => mail is { State: MailState.Waiting, Reason: not null }),
        "the mail waits");

    private Task<OperationDetails> RemoveAsync(TestUser user) => Test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
}
