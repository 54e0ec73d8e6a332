using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using BlokSec.Contracts;
using BlokSec.Local.Demo;

namespace BlokSec.Local.DemoApp;

/// <summary>The sign-ins of all browsers, each found by the secret of its browser only.</summary>
internal sealed class Attempts : IAsyncDisposable
{
    private const int SecretBytes = 32;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(8);

    private readonly ConcurrentDictionary<string, Attempt> all = new(StringComparer.Ordinal);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly DemoAppOptions options;
    private readonly ApplicationClient client;
    private readonly AssertionVerifier verifier;

    public Attempts(DemoAppOptions options)
    {
        this.options = options;
        client = new ApplicationClient(options.Api, options.SignIn, options.Application);
        verifier = new AssertionVerifier(http, options.Api, options.Application, options.Time);
    }

    /// <summary>Where a browser's sign-in stands.</summary>
    public AttemptView View(string? secret) => secret is not null && all.TryGetValue(secret, out var attempt) ? attempt.View : AttemptView.None;

    /// <summary>Begins a sign-in.</summary>
    /// <returns>What the browser shows from now on: a new secret with each sign-in, so that nobody can hand one to it.</returns>
    public async Task<string> StartAsync(string name, string? address, string userAgent, CancellationToken cancellationToken)
    {
        foreach (var (old, attempt) in all.Where(each => each.Value.StartedAt < options.Time.GetUtcNow() - Kept))
        {
            await EndAsync(old);
        }

        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var started = all[secret] = new Attempt(client, verifier, options.Time, name);
        var request = new AuthenticationRequest
        {
            LoginHint = name,
            BindingMessage = $"Sign in to {options.Application.Name}",
            IpAddress = address,
            UserAgent = BrowserName.Of(userAgent),
        };
        await started.StartAsync(request, cancellationToken);
        return secret;
    }

    /// <summary>Ends all sessions of a user.</summary>
    public void SignOut(string userId, string why)
    {
        foreach (var attempt in all.Values)
        {
            attempt.SignOut(userId, why);
        }
    }

    /// <summary>Forgets a sign-in: the browser signs out, or starts again.</summary>
    public async Task EndAsync(string? secret)
    {
        if (secret is not null && all.TryRemove(secret, out var attempt))
        {
            await attempt.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var secret in all.Keys)
        {
            await EndAsync(secret);
        }

        client.Dispose();
        http.Dispose();
    }
}
