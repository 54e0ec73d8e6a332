using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using BlokSec.Local.Faults;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Storage;

namespace BlokSec.Local.Mail;

/// <summary>
/// An SMTP server on loopback that takes every mail of whoever signs in, and keeps it for this run. It speaks no TLS, so that nothing has to be
/// trusted; a client that insists on TLS is refused.
/// </summary>
internal sealed class MailStandIn : IAsyncDisposable
{
    public const string User = "bloksec";

    /// <summary>Mails that are kept: the newest.</summary>
    private const int Kept = 1_000;

    private readonly ConcurrentQueue<ReceivedMail> mails = new();
    private readonly CancellationTokenSource stop = new();
    private readonly TimeProvider time;
    private Task running = Task.CompletedTask;
    private long count;

    private MailStandIn(int port, TimeProvider time)
    {
        Port = port;
        this.time = time;
    }

    /// <summary>Gets each mail that came.</summary>
    public Action<ReceivedMail>? Watch { get; set; }

    public static string Host => IPAddress.Loopback.ToString();

    public int Port { get; }

    /// <summary>The password of <see cref="User"/>; another one in each run.</summary>
    public string Password { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The mails that came, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. mails];

    /// <summary>Starts it.</summary>
    /// <param name="port">The port of 127.0.0.1; 0 for any that is free.</param>
    /// <param name="traffic">Sees each command, and says what goes wrong.</param>
    /// <param name="time">The clock.</param>
    public static MailStandIn Start(int port, Traffic traffic, TimeProvider time)
    {
        var mail = new MailStandIn(port == 0 ? FreePorts.Next() : port, time);
        var commands = new MailCommands(mail, new FaultGate(traffic, MailCommands.StandIn, MailCommands.Operations));
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IUserAuthenticator)commands);
        services.Add((IMailboxFilter)commands);
        services.Add((IMessageStore)commands);
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .Endpoint(endpoint => endpoint
                .Endpoint(new IPEndPoint(IPAddress.Loopback, mail.Port))
                .AuthenticationRequired()
                .AllowUnsecureAuthentication())
            .Build();
        mail.running = new SmtpServer.SmtpServer(options, services).StartAsync(mail.stop.Token);
        return mail;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
        }

        stop.Dispose();
    }

    /// <summary>Keeps a mail.</summary>
    internal void Keep(IReadOnlyList<string> recipients, byte[] raw)
    {
        var mail = new ReceivedMail(Interlocked.Increment(ref count), time.GetUtcNow(), recipients, raw);
        mails.Enqueue(mail);
        while (mails.Count > Kept)
        {
            mails.TryDequeue(out _);
        }

        Watch?.Invoke(mail);
    }
}
