using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Google.Apis.Util;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>An access token with the project it is for, or why there is none.</summary>
internal sealed record AccessToken(string? Value, string Project, PushResult? Failure)
{
    /// <summary>The header's value.</summary>
    public string Authorization { get; } = "Bearer " + Value;

    public override string ToString() => Failure is null ? "an access token" : Failure.Reason;
}

/// <summary>
/// The service account's access token. Google's library asks for it, keeps it and renews it in good time; asking is not repeated here,
/// as the queue does that. All pushes wait for the same request, each no longer than its own deadline; the request itself, with the
/// library's own tries, ends after <see cref="PushOptions.TimeoutSeconds"/>, so that the next push asks again instead of waiting for one
/// that hangs.
/// </summary>
internal sealed class FcmAccessToken(IOptions<PushOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>How often Google's library asks when it gets no answer in time.</summary>
    private const int LibraryTries = 3;

    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    /// <summary>Before the end of a token, when Google's library may think of another one: it is asked then, as at the first push.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(10);

    private static readonly PushResult.Unavailable Unavailable =
        new("TokenEndpointUnavailable", null, "Google's sign-in is out of order; it will be tried again.");

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Lock creating = new();
    private ServiceAccountCredential? credential;
    private AccessToken? last;

    /// <summary>The token to send with now.</summary>
    public ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref last) is { } token && IsFresh(token) ? new(token) : new(AskAsync(cancellationToken));

    /// <summary>Another token than the one that Google refused; asked for once, however many pushes were refused.</summary>
    public async Task<AccessToken> RenewAsync(string refused, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var account = Account();
            if (account.Token?.AccessToken == refused)
            {
                await account.RequestAccessTokenAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (Failure(exception, cancellationToken) is { } failure)
        {
            return new AccessToken(null, string.Empty, failure);
        }
        finally
        {
            gate.Release();
        }

        return await GetAsync(cancellationToken);
    }

    public void Dispose() => gate.Dispose();

    /// <summary>Whether Google's library would give this token, without a thought of another one.</summary>
    private bool IsFresh(AccessToken token) =>
        Volatile.Read(ref credential)?.Token is { ExpiresInSeconds: { } seconds } held
        && held.AccessToken == token.Value
        && time.GetUtcNow().UtcDateTime < held.IssuedUtc.AddSeconds(seconds) - Renewal;

    private async Task<AccessToken> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var account = Account();
            var token = new AccessToken(await account.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken), account.ProjectId, null);
            Volatile.Write(ref last, token);
            return token;
        }
        catch (Exception exception) when (Failure(exception, cancellationToken) is { } failure)
        {
            return new AccessToken(null, string.Empty, failure);
        }
    }

    private ServiceAccountCredential Account()
    {
        lock (creating)
        {
            return credential ??= Create();
        }
    }

    private ServiceAccountCredential Create()
    {
        var json = JsonElement.Parse(options.Value.Fcm.ServiceAccount!);
        string Required(string name) =>
            ProviderAnswer.Text(json, name) ?? throw new FormatException($"The service account has no {name}.");
        var account = new ServiceAccountCredential(new ServiceAccountCredential.Initializer(Required("client_email"), Required("token_uri"))
        {
            ProjectId = Required("project_id"),
            KeyId = ProviderAnswer.Text(json, "private_key_id"),
            Scopes = [Scope],
            Clock = new Clock(time),
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
        }.FromPrivateKey(Required("private_key")));
        account.HttpClient.Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds) / LibraryTries;
        return account;
    }

    private static PushResult? Failure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        TokenResponseException refused when Passing(refused.StatusCode) => Unavailable,
        // What the library makes of tries that got no answer in time, alone and all together.
        OperationCanceledException or InvalidOperationException when !cancellationToken.IsCancellationRequested => Unavailable,
        TokenResponseException => PushResult.CannotSend("TokenRefused", "Google refuses our service account."),
        JsonException or FormatException or ArgumentException or CryptographicException => PushResult.CannotSend(
            "InvalidServiceAccount", "The service account for Google's push service cannot be read."),
        _ => null,
    };

    private static bool Passing(HttpStatusCode? status) =>
        status is null or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    private sealed class Clock(TimeProvider time) : IClock
    {
        public DateTime Now => time.GetLocalNow().DateTime;

        public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
    }
}
