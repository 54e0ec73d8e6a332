using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Users;

/// <summary>What tests of people share.</summary>
internal static class UserTest
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A name that no other test has.</summary>
    public static string Unique(string text) => $"{text}.{Guid.NewGuid():N}";

    public static Task<RawAnswer> InviteAsync(this OpenCloud cloud, string email, string? token = null, string? key = null, string further = "") =>
        cloud.Api.SendAsync(
            token ?? cloud.Admin,
            HttpMethod.Post,
            "users",
            $$"""{"givenName":"Ada","familyName":"Byron","email":"{{email}}"{{further}}}""",
            key is null ? [] : [("Idempotency-Key", key)]);

    public static async Task<string> InvitedAsync(this OpenCloud cloud, string email, string? token = null)
    {
        var answer = await cloud.InviteAsync(email, token);
        Assert.True(answer.Status == 201, answer.Text);
        return answer.Json.GetProperty("userId").GetString()!;
    }

    public static Task<RawAnswer> ChangeAsync(this OpenCloud cloud, string userId, string body, string ifMatch = "*", string? token = null) =>
        cloud.Api.SendAsync(token ?? cloud.Admin, HttpMethod.Patch, $"users/{userId}", body, ("If-Match", ifMatch));

    public static async Task<System.Text.Json.JsonElement> UserAsync(this OpenCloud cloud, string userId)
    {
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{userId}");
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    public static Task<RawAnswer> SuspendAsync(this OpenCloud cloud, string userId, string? token = null) =>
        cloud.Api.SendAsync(token ?? cloud.Admin, HttpMethod.Post, $"users/{userId}/suspension", """{"reason":"On leave."}""");

    /// <summary>What the audit tells of the user, the newest first.</summary>
    public static async Task<IReadOnlyList<string>> ActionsAsync(this OpenCloud cloud, string userId)
    {
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{userId}/audit");
        return [.. answer.Json.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()!)];
    }
}
