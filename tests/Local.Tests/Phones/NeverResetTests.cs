using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Tests.Phones;

/// <summary>I2: never reset a live phone.</summary>
public sealed class NeverResetTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forgeries =>
    [
        "other device", "other epoch", "epoch as text", "other tenant", "other user", "other issuer", "other type", "alg none",
        "alg EdDSA", "bad signature", "unknown kid", "no kid", "critical extension", "no epoch", "nothing", "garbage",
    ];

    [Theory]
    [InlineData(401, ProblemCodes.DeviceUnknown)]
    [InlineData(401, ProblemCodes.ProofInvalid)]
    [InlineData(403, ProblemCodes.Forbidden)]
    [InlineData(404, ProblemCodes.NotFound)]
    [InlineData(410, ProblemCodes.DeviceRemoved)]
    [InlineData(429, ProblemCodes.TooManyRequests)]
    [InlineData(500, ProblemCodes.InternalError)]
    [InlineData(503, ProblemCodes.Unavailable)]
    [InlineData(302, "")]
    [InlineData(200, "")]
    [InlineData(null, "")]
    public async Task An_answer_without_a_statement_changes_nothing(int? status, string code)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var before = phone.State.Registration;
        world.Api.Script = _ => new FakeAnswer(status, status is null ? null : new { code });

        await phone.OpenAppAsync(Stop);
        await phone.RegisterPushAsync(Stop);

        Assert.Equal(before! with { RegisteredToken = null }, phone.State.Registration! with { RegisteredToken = null });
        Assert.Equal(PhoneScreen.Home, phone.View.Screen);
        Assert.Equal(0, world.Api.Count("device/erasure"));
    }

    [Fact]
    public async Task An_outage_is_told_as_one()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        world.Api.Script = _ => FakeApi.Problem(503, ProblemCodes.Unavailable);

        await phone.OpenAppAsync(Stop);

        Assert.Equal("Can't reach BlokSec right now. Please try again later.", phone.State.Message);
    }

    [Fact]
    public async Task A_statement_counts_only_in_a_410()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var statement = world.Api.Statement(phone.State.Registration!);
        world.Api.Script = _ => new FakeAnswer(401, new { code = ProblemCodes.DeviceRemoved, statement });

        await phone.OpenAppAsync(Stop);

        Assert.NotNull(phone.State.Registration);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_changes_nothing()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        world.Api.Before = _ =>
        {
            asked.TrySetResult();
            return never.Task;
        };

        var opening = phone.OpenAppAsync(Stop);
        await asked.Task.WaitAsync(Stop);
        world.Time.Advance(TimeSpan.FromSeconds(16));
        await opening;
        never.SetResult();

        Assert.NotNull(phone.State.Registration);
        Assert.Equal(PhoneTexts.Unreachable, phone.State.Message);
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_foreign_or_forged_statement_in_a_push_is_ignored(string forgery)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var registration = phone.State.Registration!;

        await world.DeliverAsync(phone, PhoneWorld.RevokePush(DevicePlatform.Android, registration, Forge(world.Api, registration, forgery)));

        Assert.Equal(registration, phone.State.Registration);
        Assert.Empty(phone.State.Notifications);
        Assert.Contains(phone.State.History, entry => entry.Kind == PhoneEventKind.Kept);
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_foreign_or_forged_statement_in_a_410_is_ignored(string forgery)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        var registration = phone.State.Registration!;
        world.Api.Script = _ => FakeApi.Removed(Forge(world.Api, registration, forgery));

        await phone.OpenAppAsync(Stop);

        Assert.Equal(registration, phone.State.Registration);
        Assert.Equal(PhoneTexts.NotAccepted, phone.State.Message);
    }

    [Fact]
    public async Task A_push_with_the_right_ids_but_without_a_statement_is_ignored()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        var push = world.RevokePush(phone);

        await world.DeliverAsync(phone, push with { Data = push.Data.Where(data => data.Key != "statement").ToDictionary() });

        Assert.NotNull(phone.State.Registration);
        // What iOS shows by itself no app can hold back
        Assert.Equal("system", Assert.Single(phone.State.Notifications).ShownBy);
    }

    [Fact]
    public async Task A_push_to_a_phone_at_its_welcome_screen_does_nothing()
    {
        await using var world = await PhoneWorld.StartAsync();
        var enrolled = await world.EnrolledAsync(DevicePlatform.Android);
        var other = world.Phone(DevicePlatform.Android);

        await world.DeliverAsync(other, world.RevokePush(enrolled));

        Assert.Equal(0, world.Api.Count("device/erasure"));
        Assert.Empty(other.State.Notifications);
    }

    [Fact]
    public async Task A_push_to_a_token_that_was_replaced_meanwhile_leads_nowhere()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var route = world.Push.Route(phone.State.PushAddress);
        await phone.RotatePushTokenAsync(Stop);

        await route(world.RevokePush(phone));

        Assert.NotNull(phone.State.Registration);
    }

    private static string Forge(FakeApi api, PhoneRegistration mine, string forgery)
    {
        return forgery switch
        {
            "other device" => Claim("device", PhoneKey.Create(KeyKind.P256).DeviceId),
            "other epoch" => Claim("epoch", mine.Epoch - 1),
            "epoch as text" => Claim("epoch", $"{mine.Epoch}"),
            "no epoch" => Claim("epoch", null),
            "other tenant" => Claim("tenant", "fabrikam"),
            "other user" => Claim("user", "grace"),
            "other issuer" => Claim("iss", "https://elsewhere.example.com"),
            "other type" => Head("typ", "dpop+jwt"),
            "alg none" => Head("alg", "none"),
            "alg EdDSA" => Head("alg", "EdDSA"),
            "unknown kid" => Head("kid", "unknown"),
            "no kid" => Head("kid", null),
            "critical extension" => Head("crit", new JsonArray("exp")),
            "bad signature" => api.Statement(mine, signedBy: PhoneKey.Create(KeyKind.P256)),
            "garbage" => "not.a.statement",
            _ => "",
        };

        string Claim(string name, JsonNode? value) => api.Statement(mine, claims: new Dictionary<string, JsonNode?> { [name] = value });
        string Head(string name, JsonNode? value) => api.Statement(mine, header: new Dictionary<string, JsonNode?> { [name] = value });
    }
}
