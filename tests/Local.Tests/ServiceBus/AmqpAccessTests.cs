using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>Who gets in, and where to.</summary>
public sealed class AmqpAccessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("local", "d3Jvbmc=")]
    [InlineData("other", "c2VjcmV0")]
    public async Task A_wrong_key_or_name_is_refused(string name, string key)
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var client = fixture.NewClient(
            $"Endpoint=sb://{fixture.Bus.AmqpAddress.Authority};SharedAccessKeyName={name};SharedAccessKey={key};UseDevelopmentEmulator=true");

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.CreateSender(AmqpFixture.Queue).SendMessageAsync(new ServiceBusMessage("a"), Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.CreateReceiver(AmqpFixture.Queue).ReceiveMessageAsync(cancellationToken: Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.CreateReceiver(AmqpFixture.Queue).PeekMessageAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_is_not_found()
    {
        await using var fixture = await AmqpFixture.StartAsync();

        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.Client.CreateSender("nowhere").SendMessageAsync(new ServiceBusMessage("a"), Stop));

        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, refused.Reason);
    }

    [Fact]
    public async Task What_is_not_known_here_is_refused_and_says_so()
    {
        await using var fixture = await AmqpFixture.StartAsync();

        var refused = await Assert.ThrowsAsync<NotSupportedException>(() => fixture.Client.AcceptSessionAsync(AmqpFixture.Queue, "session", cancellationToken: Stop));

        Assert.Contains("The local Service Bus does not know sessions.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_sends_to_a_dead_letter_queue()
    {
        await using var fixture = await AmqpFixture.StartAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Client.CreateSender("work/$DeadLetterQueue").SendMessageAsync(new ServiceBusMessage("a"), Stop));
    }

    [Fact]
    public async Task A_token_of_the_sign_in_service_is_accepted_and_any_other_is_not()
    {
        await using var fixture = await AmqpFixture.StartAsync(isTokenAccepted: token => Task.FromResult(token == "good"));
        await using var raw = await RawClient.ConnectAsync(fixture.Bus.AmqpAddress);

        Assert.Equal(401, await raw.PutTokenAsync("jwt", "amqp://127.0.0.1/work", "bad"));
        Assert.Equal(401, await raw.PutTokenAsync("servicebus.windows.net:sastoken", "amqp://127.0.0.1/work", "good"));
        await Assert.ThrowsAsync<AmqpException>(() => raw.SendAsync("work", "a"));

        Assert.Equal(202, await raw.PutTokenAsync("jwt", "amqp://127.0.0.1/work", "good"));
        Assert.IsType<Accepted>(await raw.SendAsync("work", "a"));
    }

    [Theory]
    [InlineData("amqp://127.0.0.1/work", 3600, 202)]
    [InlineData("amqp://127.0.0.1/", 3600, 202)]
    [InlineData("amqp://127.0.0.1/other", 3600, 401)]
    [InlineData("amqp://127.0.0.1/wor", 3600, 401)]
    [InlineData("amqp://127.0.0.1/work", -1, 401)]
    public async Task A_signature_opens_what_it_names_until_it_is_over(string resource, int seconds, int expected)
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var raw = await RawClient.ConnectAsync(fixture.Bus.AmqpAddress);

        Assert.Equal(expected, await raw.PutTokenAsync("servicebus.windows.net:sastoken", "amqp://127.0.0.1/work", Sign(resource, seconds)));
    }

    [Fact]
    public async Task Without_a_token_nothing_opens()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var raw = await RawClient.ConnectAsync(fixture.Bus.AmqpAddress);

        var refused = await Assert.ThrowsAsync<AmqpException>(() => raw.SendAsync("work", "a"));

        Assert.Equal(AmqpErrorCode.UnauthorizedAccess, refused.Error.Condition);
    }

    [Fact]
    public async Task A_client_that_knows_no_Service_Bus_signs_in_with_name_and_key()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var raw = await RawClient.ConnectAsync(fixture.Bus.AmqpAddress, (AmqpFixture.Key.Name, AmqpFixture.Key.Key));

        Assert.IsType<Accepted>(await raw.SendAsync("work", "a"));
        await Assert.ThrowsAnyAsync<Exception>(() => RawClient.ConnectAsync(fixture.Bus.AmqpAddress, (AmqpFixture.Key.Name, "wrong")));
    }

    [Fact]
    public async Task A_message_that_is_not_encoded_as_AMQP_is_refused()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var raw = await RawClient.ConnectAsync(fixture.Bus.AmqpAddress, (AmqpFixture.Key.Name, AmqpFixture.Key.Key));

        var refused = Assert.IsType<Rejected>(await raw.SendAsync("work", AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([new([1, 2, 3])]), payloadInitialized: true)));

        Assert.Equal((AmqpSymbol)"com.microsoft:argument-error", refused.Error.Condition);
    }

    private static string Sign(string resource, int seconds)
    {
        var name = Uri.EscapeDataString(resource);
        var expiry = TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(AmqpFixture.Key.Key), Encoding.UTF8.GetBytes($"{name}\n{expiry}"));
        return $"SharedAccessSignature sr={name}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}&skn={AmqpFixture.Key.Name}";
    }
}
