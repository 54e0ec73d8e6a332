using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.SignIn;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>Checks an assertion as an application does: with public keys only, and another implementation of them.</summary>
internal static class AssertionCheck
{
    public static async Task VerifyAsync(TestCloud test, string assertion, TestUser user, DemoApplication application, string requestId)
    {
        using var http = new HttpClient();
        var keys = JsonElement.Parse(await http.GetStringAsync(new Uri(test.Cloud.ApiAddress, "/api/.well-known/jwks.json"), Stop)).GetProperty("keys");
        Assert.True(CompactJws.TryParse(assertion, out var jws));
        var key = keys.EnumerateArray().Single(known => known.GetProperty("kid").GetString() == jws.HeaderText("kid"));
        Assert.True(PublicJwk.TryRead(key, out var server));
        Assert.True(jws.IsSignedBy(server));
        Assert.Equal("sign-in-assertion+jwt", jws.HeaderText("typ"));
        var registration = user.Phones[0].State.Registration!;
        (string, string)[] expected =
        [
            ("aud", application.ClientId), ("sub", user.UserId), ("tenant", user.TenantId), ("user", user.UserId), ("application", application.ClientId),
            ("did", registration.DidKey.Did), ("device", registration.DeviceId), ("request", requestId), ("jti", requestId),
        ];
        Assert.All(expected, claim => Assert.Equal(claim.Item2, jws.ClaimText(claim.Item1)));

        var answer = jws.Claims.GetProperty("answer");
        Assert.True(CompactJws.TryParse(answer.GetProperty("device").GetString()!, out var byDevice));
        Assert.True(PublicJwk.TryRead(answer.GetProperty("device_key"), out var deviceKey));
        Assert.True(byDevice.IsSignedBy(deviceKey));
        Assert.Equal(registration.DeviceId, byDevice.HeaderText("kid"));
        Assert.True(CompactJws.TryParse(answer.GetProperty("did").GetString()!, out var byDid));
        Assert.Equal(registration.DidKey.Did, byDid.HeaderText("kid"));
        Assert.All((CompactJws[])[byDevice, byDid], signed => Assert.Equal(requestId, signed.ClaimText("request")));
    }
}
