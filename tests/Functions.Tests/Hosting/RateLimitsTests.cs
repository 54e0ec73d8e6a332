using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class RateLimitsTests : IAsyncLifetime
{
    private const int Limit = 4;

    private TestCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await TestCloud.StartAsync(new TestCloudOptions
    {
        Settings = new Dictionary<string, string>
        {
            ["RateLimits__AdministratorPerMinute"] = $"{Limit}",
            ["RateLimits__DevicePerMinute"] = $"{Limit}",
            ["RateLimits__UserWritesPerMinute"] = $"{Limit}",
            ["RateLimits__UserEnrollmentsPerMinute"] = $"{Limit}",
            ["RateLimits__AddressPerMinute"] = $"{4 * Limit}",
            ["RateLimits__ForwardedHops"] = "1",
        },
    });

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task An_administrator_who_asks_too_often_is_told_when_to_come_back_and_others_are_served()
    {
        var user = await cloud.NewUserAsync(phones: 1);
        var admin = cloud.Admin();
        for (var call = 0; call < Limit; call++)
        {
            Assert.Equal(200, (await admin.AskAsync($"users/{user.UserId}")).Status);
        }

        using var refused = await admin.Http.GetAsync($"users/{user.UserId}", TestContext.Current.CancellationToken);
        var removal = await admin.RemovalAsync(user.UserId, user.DeviceIds[0]);

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal((429, ProblemCodes.TooManyRequests), (removal.Status, removal.Code));
        Assert.Equal(200, (await cloud.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}")).Status);
        Assert.Empty(await cloud.AuditAsync(user));
    }

    [Fact]
    public async Task I5_A_device_that_calls_too_often_slows_down_no_other()
    {
        var user = await cloud.NewUserAsync(phones: 2);
        for (var call = 0; call < Limit; call++)
        {
            Assert.Equal(200, (await cloud.StatusAsync(user.Signer(0))).Status);
        }

        var refused = await cloud.StatusAsync(user.Signer(0));
        var other = await cloud.StatusAsync(user.Signer(1));

        Assert.Equal(429, refused.Status);
        Assert.Equal(200, other.Status);
    }

    [Fact]
    public async Task A_phone_that_tells_something_new_all_the_time_is_answered_and_not_written_any_more()
    {
        var user = await cloud.NewUserAsync(phones: Limit + 2);
        using var api = new RawApi(cloud.Cloud.ApiAddress);
        for (var phone = 0; phone < Limit + 2; phone++)
        {
            var call = cloud.Call(user, HttpMethod.Get, "mobile/device/status") with { Key = user.Phones[phone].State.Registration!.DeviceKey };
            var facts = new JsonObject { ["notifications"] = false };
            Assert.Equal(200, (await call.SendAsync(api, (call.Proof with { Claims = new Dictionary<string, JsonNode?> { ["facts"] = facts } }).Build())).Status);
        }

        Assert.Equal(Limit, (await cloud.AuditAsync(user)).Count(entry => entry.Action == AuditActions.PushStatusChanged));
    }

    [Fact]
    public async Task I1_The_phones_of_one_user_write_no_more_together_than_the_user_may_and_other_users_are_served()
    {
        var user = await cloud.NewUserAsync(phones: Limit + 1);
        var neighbour = await cloud.NewUserAsync(phones: 1);
        for (var phone = 0; phone < Limit; phone++)
        {
            Assert.Equal(204, (await cloud.PutHandleAsync(user.Signer(phone), NewHandle(user, phone))).Status);
        }

        var refused = await cloud.PutHandleAsync(user.Signer(Limit), NewHandle(user, Limit));

        Assert.Equal((429, ProblemCodes.TooManyRequests), (refused.Status, refused.ProblemCode));
        Assert.Equal(204, (await cloud.PutHandleAsync(neighbour.Signer(0), NewHandle(neighbour, 0))).Status);
        Assert.Equal(201, (await cloud.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
    }

    [Fact]
    public async Task I8_Nobody_uses_up_what_a_user_may_enroll_who_could_not_enroll_anyway()
    {
        var user = await cloud.NewUserAsync(phones: 1);
        var stranger = PhoneKey.Create(KeyKind.P256);
        for (var call = 0; call < 2 * Limit; call++)
        {
            Assert.Equal(401, (await cloud.RestoreAsync(user.NewSigner(), stranger)).Status);
        }

        for (var call = 0; call < Limit; call++)
        {
            Assert.Equal(201, (await cloud.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
        }

        Assert.Equal(429, (await cloud.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
    }

    [Fact]
    public async Task Strangers_with_fresh_keys_are_limited_by_address_before_anything_is_asked_and_known_phones_beside_them_are_served()
    {
        var user = await cloud.NewUserAsync(phones: 1);
        using var api = new RawApi(cloud.Cloud.ApiAddress);
        Assert.Equal(200, (await StatusAsync(api, user, user.Signer(0).Key, "203.0.113.7:50123")).Status);
        var (mark, calls) = (0L, 0);
        RawAnswer refused;
        do
        {
            mark = cloud.Traffic.Mark;
            refused = await StatusAsync(api, user, PhoneKey.Create(KeyKind.P256), $"198.51.100.{++calls}, 203.0.113.7:{50000 + calls}");
        }
        while (refused.Status == 401 && calls < 200);

        Assert.InRange(calls, 4 * Limit, 199);
        refused.Problem(429, ProblemCodes.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.DoesNotContain(cloud.Traffic.Since(mark), seen => seen.StandIn == "cosmos" && seen.Operation != "account");
        Assert.Equal(200, (await StatusAsync(api, user, user.Signer(0).Key, "203.0.113.7")).Status);
        Assert.Equal(401, (await StatusAsync(api, user, PhoneKey.Create(KeyKind.P256), "203.0.113.8")).Status);
    }

    private Task<RawAnswer> StatusAsync(RawApi api, TestUser user, PhoneKey key, string forwardedFor)
    {
        var call = new MobileCall(HttpMethod.Get, "mobile/device/status")
        {
            Api = cloud.Cloud.ApiAddress,
            Time = cloud.Time,
            Tenant = user.TenantId,
            User = user.UserId,
            Key = key,
        };
        return api.SendAsync(call.Method, call.Path, null, headers: [("DPoP", call.Proof.Build()), ("X-Forwarded-For", forwardedFor)]);
    }

    private static PushHandleRegistration NewHandle(TestUser user, int phone)
    {
        var old = user.Phones[phone].State.PushAddress;
        return PushAddress.Create(old.Kind, old.Environment).ToHandle();
    }
}
