using System.Text;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>A client that speaks bare AMQP, for what Microsoft's client does not do in clear text or does not do at all.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly AmqpConnection connection;
    private readonly AmqpSession session;
    private int tags;

    private RawClient(AmqpConnection connection, AmqpSession session)
    {
        this.connection = connection;
        this.session = session;
    }

    /// <summary>Connects anonymously, or with a name and a key.</summary>
    public static async Task<RawClient> ConnectAsync(Uri address, (string Name, string Key)? plain = null)
    {
        SaslHandler sasl = plain is { } secret
            ? new SaslPlainHandler { AuthenticationIdentity = secret.Name, Password = secret.Key }
            : new SaslAnonymousHandler();
        var connection = await AmqpConnection.Factory.OpenConnectionAsync(address, sasl, Patience);
        var session = connection.CreateSession(new AmqpSessionSettings());
        await session.OpenAsync(TestContext.Current.CancellationToken);
        return new RawClient(connection, session);
    }

    /// <summary>Puts a token; the status of the answer.</summary>
    public async Task<int> PutTokenAsync(string type, string audience, string token)
    {
        var link = new RequestResponseAmqpLink("cbs", session, "$cbs", new Fields());
        await link.OpenAsync(TestContext.Current.CancellationToken);
        using var request = AmqpMessage.Create(new AmqpValue { Value = token });
        request.ApplicationProperties.Map["operation"] = "put-token";
        request.ApplicationProperties.Map["type"] = type;
        request.ApplicationProperties.Map["name"] = audience;
        using var answer = await link.RequestAsync(request, TestContext.Current.CancellationToken);
        await link.CloseAsync(TestContext.Current.CancellationToken);
        return (int)answer.ApplicationProperties.Map["status-code"];
    }

    public Task<Outcome> SendAsync(string queue, string body) =>
        SendAsync(queue, AmqpMessage.Create(new Data { Value = new ArraySegment<byte>(Encoding.UTF8.GetBytes(body)) }));

    public async Task<Outcome> SendAsync(string queue, AmqpMessage message)
    {
        var tag = Interlocked.Increment(ref tags);
        var link = new SendingAmqpLink(session, new AmqpLinkSettings
        {
            LinkName = $"send-{tag}",
            Role = false,
            InitialDeliveryCount = 0,
            Source = new Source { Address = "client" },
            Target = new Target { Address = queue },
        });
        await link.OpenAsync(TestContext.Current.CancellationToken);
        var outcome = await link.SendMessageAsync(
            message, new ArraySegment<byte>(BitConverter.GetBytes(tag)), AmqpConstants.NullBinary, TestContext.Current.CancellationToken);
        return outcome;
    }

    public ValueTask DisposeAsync()
    {
        connection.Abort();
        return ValueTask.CompletedTask;
    }
}
