using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Users;

namespace BlokSec.Functions.Tests.Mail;

/// <summary>What mails cost, where they are on.</summary>
public sealed class MailBudgetTests(MailCloud cloud) : IClassFixture<MailCloud>
{
    private TestCloud Test => cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removal_costs_the_administrator_nothing_more_and_its_mail_five_requests_and_two_messages_of_queues()
    {
        await WarmAsync();
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        using (var turnstile = new Turnstile(Test, Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.Signals, Queues.Mails))
        {
            var mark = Test.Traffic.Mark;
            await Test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
            var call = Cost.Of(Test.Traffic.Since(mark));
            Assert.InRange(call.Database.Count, 2, 3);
            Assert.Equal(1, call.Sent);

            // One message more than without mails, where the tenant has no streams of events.
            Cost.AssertIs(["query", "batch"], 3, Cost.Of(await turnstile.LetThroughAsync(Queues.Revocations)));

            var published = Cost.Of(await turnstile.LetThroughAsync(Queues.Signals));
            Assert.Equal(1, published.Sent);
            Assert.Equal(["batch", "patch", "read"], published.Database.Where(request => request != "query").Order());
            Cost.AssertIs(["read", "read", "batch", "batch"], 0, Cost.Of(await turnstile.LetThroughAsync(Queues.Mails)));
        }

        await cloud.GotAsync(address, 1);
    }

    [Fact]
    public async Task An_invitation_costs_one_message_more()
    {
        await WarmAsync();
        using (new Turnstile(Test, Queues.Signals))
        {
            var mark = Test.Traffic.Mark;
            Assert.Equal(201, (await cloud.InviteAsync($"{UserTest.Unique("person")}@contoso.example")).Status);
            var cost = Cost.Of(Test.Traffic.Since(mark));
            Assert.InRange(cost.Database.Count, 1, 4);
            Assert.Equal(1, cost.Sent);
        }
    }

    /// <summary>What is asked once in the life of a process is asked already, and that the tenant has no streams is known.</summary>
    private async Task WarmAsync()
    {
        var (user, address) = await cloud.NewUserAsync(phones: 1);
        await Test.RemovedAsync(user, 0);
        await cloud.GotAsync(address, 1);
        await Test.QuietAsync();
    }
}
