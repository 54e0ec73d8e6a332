using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class NameAttackTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly string[] Forged =
    [
        "Maria\u202eecno ta dekcolb", "a\u2066b", "a\u200bb", "a\nb", "a\0b", "\u3164", " ", "\u00a0\u2003", new('x', 101), "a" + new string('\u0301', 400),
    ];

    public static MatrixTheoryData<string, int> ForgedFacts =>
        new(["name", "model", "osVersion", "appVersion"], Enumerable.Range(0, Forged.Length));

    [Theory]
    [MemberData(nameof(ForgedFacts))]
    public async Task I12_A_phone_with_a_forged_name_is_refused_with_the_field_and_the_reason(string fact, int forged)
    {
        var call = await cloud.NewCallAsync(Victims.Restore);

        var answer = await With(call, fact, Forged[forged]).SendAsync(cloud.Api);

        Assert.NotEmpty(answer.Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").GetProperty($"device.{fact}")[0].GetString()!);
        Assert.Equal(1, (await cloud.Test.UserDocumentAsync(new TestUser(call.Tenant, call.User, [], []))).DeviceCount);
    }

    [Theory]
    [InlineData("  Zoe\u0301's phone ", "Zo\u00e9's phone")]
    [InlineData("👩\u200d👩\u200d👧 phone", "👩\u200d👩\u200d👧 phone")]
    [InlineData("گوشی\u200cمن", "گوشی\u200cمن")]
    public async Task A_name_is_stored_trimmed_and_normalized(string sent, string stored)
    {
        var call = await cloud.NewCallAsync(Victims.Restore);

        Assert.Equal(201, (await With(call, "name", sent).SendAsync(cloud.Api)).Status);

        var devices = await cloud.Test.AllAsync<DeviceDocument>(new TestUser(call.Tenant, call.User, [], []), DeviceDocument.DocumentType);
        Assert.Contains(devices, device => device.Name == stored);
    }

    [Theory]
    [InlineData("lost\u202e")]
    [InlineData("lost\0")]
    [InlineData("\u3164")]
    public async Task I12_A_forged_reason_is_refused_and_nothing_is_done(string reason)
    {
        var user = await cloud.Test.NewUserAsync();
        var before = await cloud.Test.TextAsync(user);

        var answer = await RemoveAsync(cloud.Admin, user, reason);

        Assert.True(answer.Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").TryGetProperty("reason", out _));
        Assert.Equal(before, await cloud.Test.TextAsync(user));
    }

    [Fact]
    public async Task I12_An_administrators_name_cannot_forge_an_entry_and_a_line_break_in_a_reason_is_a_blank()
    {
        var user = await cloud.Test.NewUserAsync();
        var forger = cloud.Issuer.Token(new TokenClaims
        {
            Subject = "mallory",
            Further = new Dictionary<string, object> { ["name"] = "Alice Adams\u202e\nremoved\u0000 nothing" },
        });

        Assert.Equal(202, (await RemoveAsync(forger, user, "lost\r\nin a taxi")).Status);

        var entry = Assert.Single(await cloud.Test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceRemoved);
        Assert.Equal(("Alice Adams removed nothing", "mallory", "lost in a taxi"), (entry.Actor.Name, entry.Actor.Id, entry.Reason));
    }

    [Fact]
    public async Task I12_A_subject_that_is_not_printable_opens_nothing()
    {
        var token = cloud.Issuer.Token(new TokenClaims { Subject = "alice\u202e" });

        (await cloud.Api.SendAsync(token, HttpMethod.Get, "users")).Problem(403, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task I12_The_address_of_an_entry_is_the_one_that_the_front_end_appended()
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);

        var answer = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Put, $"users/{user.UserId}/active-device", $$"""{"deviceId":"{{user.DeviceIds[1]}}"}""",
            ("If-Match", "*"), ("X-Forwarded-For", "10.9.8.7, 203.0.113.9:50123"));

        Assert.Equal(204, answer.Status);
        Assert.Equal("203.0.113.9", Assert.Single(await cloud.Test.AuditAsync(user)).Actor.Address);
    }

    private static MobileCall With(MobileCall call, string fact, string value)
    {
        var body = System.Text.Json.Nodes.JsonNode.Parse(call.Body)!;
        body["device"]![fact] = value;
        return call with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) };
    }

    private Task<RawAnswer> RemoveAsync(string token, TestUser user, string reason) => cloud.Api.SendAsync(
        token,
        HttpMethod.Post,
        $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal",
        JsonSerializer.Serialize(new { confirmation = ConfirmationPhrases.RemoveDevice, reason }));
}
