using BlokSec.Contracts;
using BlokSec.Local;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Benchmarks.Contention;

/// <summary>All phones of a user, each registering a new push handle as often as one instance lets it, at every instance.</summary>
internal sealed class PhoneStorm : IAsyncDisposable
{
    /// <summary>The default limit of a device: 120 calls in a minute.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource end = new();
    private readonly List<Task> calls = [];
    private int answered;

    private PhoneStorm()
    {
    }

    public static PhoneStorm Start(LocalCloud cloud, IReadOnlyList<Uri> instances, IReadOnlyList<SeededPhone> phones)
    {
        var storm = new PhoneStorm();
        foreach (var instance in instances)
        {
            foreach (var phone in phones)
            {
                var signer = phone.Phone.State.Registration!.Signer;
                storm.calls.Add(Task.Run(() => storm.WriteAsync(cloud, instance, signer, phone.Phone.State.PushAddress)));
            }
        }

        return storm;
    }

    /// <summary>Waits until all phones have written.</summary>
    public async Task WarmAsync()
    {
        while (Volatile.Read(ref answered) < 2 * calls.Count)
        {
            await Task.Delay(Pause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(calls);
        end.Dispose();
    }

    private async Task WriteAsync(LocalCloud cloud, Uri instance, Signer signer, PushAddress address)
    {
        using var http = new HttpClient(new Detour(instance));
        var api = new BlokSecApi(http, new PhoneOptions { PublicAddress = cloud.ApiAddress }, TimeProvider.System);
        var stranger = PhoneKey.Create(KeyKind.P256);
        while (!end.IsCancellationRequested)
        {
            var next = Task.Delay(Pause);
            var handle = PushAddress.Create(address.Kind, address.Environment).ToHandle();
            var answer = await api.SendAsync(HttpMethod.Put, "mobile/device/push-handle", signer, handle, TimeSpan.Zero, CancellationToken.None);
            if (answer.Status is not (204 or 410 or 429))
            {
                await Console.Error.WriteLineAsync($"{answer}");
            }
            else if (answer.Status == 410)
            {
                // Removed, it tries a claim with fresh keys.
                await RedeemAsync(api, signer with { Key = PhoneKey.Create(KeyKind.P256) }, stranger);
            }

            Interlocked.Increment(ref answered);
            await next;
        }
    }

    private static Task<ApiAnswer> RedeemAsync(BlokSecApi api, Signer signer, PhoneKey didKey)
    {
        const string Path = "mobile/claims/redemption";
        var code = new string('A', 27);
        var proof = new DidProof
        {
            Key = didKey,
            Address = api.Address(Path),
            Tenant = signer.Tenant,
            User = signer.User,
            DeviceId = signer.Key.DeviceId,
            IssuedAt = TimeProvider.System.GetUtcNow(),
            ClaimCode = code,
        };
        var phone = new DeviceRegistration { Name = "N", Model = "M", Platform = DevicePlatform.Ios, OsVersion = "1", AppVersion = "1" };
        return api.SendAsync(
            HttpMethod.Post,
            Path,
            signer,
            new RedeemClaimRequest
            {
                TenantId = signer.Tenant,
                UserId = signer.User,
                Code = code,
                Did = didKey.Did,
                DidProof = proof.Build(),
                Device = phone,
            },
            TimeSpan.Zero,
            CancellationToken.None);
    }

    /// <summary>Signed for the public address, sent to one instance.</summary>
    private sealed class Detour(Uri instance) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(instance, request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
