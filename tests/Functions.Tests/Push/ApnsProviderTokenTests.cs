using System.Security.Cryptography;
using BlokSec.Functions.Push;
using BlokSec.Functions.Push.Apns;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Push;

public sealed class ApnsProviderTokenTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task Instances_share_one_token()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => TokenAsync(NewInstance())));

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, cloud.Database.Writes);
    }

    [Fact]
    public async Task Many_pushes_at_once_ask_the_database_once()
    {
        var instance = NewInstance();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => TokenAsync(instance))));

        Assert.Equal((0, 1), (cloud.Database.Reads, cloud.Database.Writes));
    }

    [Fact]
    public async Task The_shared_document_has_the_form_that_the_database_needs()
    {
        await TokenAsync(NewInstance());

        Assert.Matches(
            """^\{"id":"apns-provider-token:TEAM123456:KEY1234567","tenantId":"\$system","userId":"apns","type":"apnsProviderToken","schemaVersion":1,"token":"[^"]+","issuedAt":"2026-03-01T12:00:00\+00:00","ttl":3540\}$""",
            cloud.Database.Text);
    }

    [Fact]
    public async Task A_document_of_a_later_version_is_used_but_never_written_over()
    {
        var token = await TokenAsync(NewInstance());
        cloud.Database.Rewrite(text => text.Replace("\"schemaVersion\":1", "\"schemaVersion\":2,\"later\":true", StringComparison.Ordinal));
        var instance = NewInstance();
        Assert.Equal(token, await TokenAsync(instance));
        var written = cloud.Database.Text;

        cloud.Time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(token, await TokenAsync(instance));
        Assert.Equal(token, (await instance.RenewAsync(token!, TestContext.Current.CancellationToken)).Value);

        Assert.Equal(written, cloud.Database.Text);
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_holds_pushes_up_until_it_expires()
    {
        await TokenAsync(NewInstance());
        cloud.Database.Rewrite(_ => """{"schemaVersion":1,"token":7}""");
        var instance = NewInstance();

        Assert.Equal("TokenContended", (await instance.GetAsync(TestContext.Current.CancellationToken)).Failure?.Reason);

        cloud.Database.Expire();
        Assert.NotNull(await TokenAsync(instance));
    }

    [Fact]
    public async Task A_token_is_renewed_at_45_minutes_by_one_instance_and_the_others_take_it()
    {
        var (first, second) = (NewInstance(), NewInstance());
        var old = await TokenAsync(first);
        await TokenAsync(second);
        cloud.Time.Advance(TimeSpan.FromMinutes(44));
        Assert.Equal(old, await TokenAsync(first));
        cloud.Time.Advance(TimeSpan.FromMinutes(1));

        var renewed = await TokenAsync(first);

        Assert.NotEqual(old, renewed);
        Assert.Equal(old, await TokenAsync(second));
        Assert.Equal(renewed, await TokenAsync(second));
        Assert.Equal(2, cloud.Database.Writes);
    }

    [Fact]
    public async Task No_push_asks_the_database_more_than_once_for_a_renewed_token()
    {
        var (first, second) = (NewInstance(), NewInstance());
        await TokenAsync(first);
        await TokenAsync(second);
        cloud.Time.Advance(TimeSpan.FromMinutes(45));

        foreach (var instance in new[] { first, second, second, first, second })
        {
            var before = cloud.Database.Requests;
            await TokenAsync(instance);
            Assert.InRange(cloud.Database.Requests - before, 0, 1);
        }

        Assert.Equal(await TokenAsync(first), await TokenAsync(second));
        Assert.Equal(2, cloud.Database.Writes);
    }

    [Fact]
    public async Task After_an_hour_without_pushes_the_first_one_makes_a_token_without_looking_for_one()
    {
        var instance = NewInstance();
        var old = await TokenAsync(instance);
        cloud.Time.Advance(TimeSpan.FromHours(2));
        cloud.Database.Expire();

        Assert.NotEqual(old, await TokenAsync(instance));
        Assert.Equal((0, 2), (cloud.Database.Reads, cloud.Database.Writes));
    }

    [Fact]
    public async Task The_instance_that_loses_the_race_takes_the_winners_token()
    {
        var (winner, loser) = (NewInstance(), NewInstance());
        string? won = null;
        cloud.Database.BeforeWrite = () =>
        {
            cloud.Database.BeforeWrite = null;
            won = TokenAsync(winner).GetAwaiter().GetResult();
        };

        Assert.Equal(await TokenAsync(loser), won);
        Assert.Equal(1, cloud.Database.Writes);
    }

    [Fact]
    public async Task While_one_push_renews_the_token_the_others_go_on_with_the_old_one()
    {
        var instance = NewInstance();
        var old = await TokenAsync(instance);
        cloud.Time.Advance(TimeSpan.FromMinutes(45));
        var renewing = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        cloud.Database.BeforeWrite = () =>
        {
            renewing.SetResult();
            release.Task.GetAwaiter().GetResult();
        };
        var first = Task.Run(() => TokenAsync(instance), TestContext.Current.CancellationToken);
        await renewing.Task;

        Assert.Equal(old, await TokenAsync(instance));
        release.SetResult();
        Assert.NotEqual(old, await first);
    }

    [Fact]
    public async Task Without_the_database_the_token_in_memory_serves_as_long_as_Apple_takes_it()
    {
        var instance = NewInstance();
        var token = await TokenAsync(instance);
        cloud.Database.Down = true;
        cloud.Time.Advance(TimeSpan.FromMinutes(58));

        Assert.Equal(token, await TokenAsync(instance));
        Assert.Equal(token, await TokenAsync(instance));
        cloud.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<PushResult.Unavailable>((await instance.GetAsync(TestContext.Current.CancellationToken)).Failure);
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        var instance = NewInstance();
        cloud.Database.Down = true;
        Assert.IsType<PushResult.Unavailable>((await instance.GetAsync(TestContext.Current.CancellationToken)).Failure);
        cloud.Database.Down = false;

        Assert.NotNull(await TokenAsync(instance));
    }

    [Fact]
    public async Task A_refused_token_is_replaced_by_what_another_instance_has_renewed()
    {
        var (first, second) = (NewInstance(), NewInstance());
        var old = await TokenAsync(first);
        await TokenAsync(second);
        cloud.Time.Advance(TimeSpan.FromMinutes(21));
        var renewed = await first.RenewAsync(old, TestContext.Current.CancellationToken);

        var taken = await second.RenewAsync(old, TestContext.Current.CancellationToken);

        Assert.NotEqual(old, renewed.Value);
        Assert.Equal(renewed.Value, taken.Value);
        Assert.Equal(2, cloud.Database.Writes);
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_is_a_matter_for_the_operator()
    {
        // The form is right, which the start looks at, but the scalar is 0.
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bytes = made.ExportPkcs8PrivateKey();
        var scalar = made.ExportParameters(includePrivateParameters: true).D!;
        bytes.AsSpan(bytes.AsSpan().IndexOf(scalar), scalar.Length).Clear();
        var key = PemEncoding.WriteString("PRIVATE KEY", bytes);
        await using var app = cloud.StartApp(settings => settings["Push:Apns:PrivateKey"] = key);

        var token = await app.GetRequiredService<ApnsProviderToken>().GetAsync(TestContext.Current.CancellationToken);

        Assert.Equal("InvalidPrivateKey", Assert.IsType<PushResult.Misconfigured>(token.Failure).Reason);
    }

    private ApnsProviderToken NewInstance() => cloud.StartApp().GetRequiredService<ApnsProviderToken>();

    private static async Task<string> TokenAsync(ApnsProviderToken instance)
    {
        var token = await instance.GetAsync(TestContext.Current.CancellationToken);
        return Assert.IsType<string>(token.Value);
    }
}
