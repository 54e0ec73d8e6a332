using System.Text.Json;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>What tests of administrators who are limited to departments share.</summary>
internal static class ScopeTest
{
    public static string NewTenant() => $"tenant-{Guid.NewGuid():N}"[..20];

    /// <summary>An administrator who sees the whole tenant.</summary>
    public static string Founder(this OpenCloud cloud, string tenant) => cloud.Person(tenant, "founder");

    public static string Person(this OpenCloud cloud, string tenant, string subject, params IReadOnlyList<string> roles) =>
        cloud.Issuer.Token(new TokenClaims { Subject = subject, Tenant = tenant, Roles = roles.Count == 0 ? new TokenClaims().Roles : roles });

    /// <summary>Limits an administrator with all roles to departments, and no other one.</summary>
    /// <returns>The administrator's token.</returns>
    public static async Task<string> LimitedAsync(this OpenCloud cloud, string tenant, params IReadOnlyList<string> departments)
    {
        var answer = await cloud.PutScopesAsync(tenant, JsonSerializer.Serialize(new[] { new { subject = "limited", departments } }));
        Assert.True(answer.Status == 200, answer.Text);
        return cloud.Person(tenant, "limited");
    }

    public static async Task<RawAnswer> PutScopesAsync(this OpenCloud cloud, string tenant, string? scopes, string? token = null, bool forAdministrators = false)
    {
        var seen = await cloud.Api.SendAsync(cloud.Founder(tenant), HttpMethod.Get, "policies");
        var body = $$"""
            {"identityCheck":{"required":false,"ways":[]},"claims":{"screenMinutes":10,"sentHours":24},"holdMinutes":0,
             "secondPerson":{"forMany":false,"forAdministrators":{{(forAdministrators ? "true" : "false")}},"withinMinutes":60}{{(scopes is null ? "" : $",\"scopes\":{scopes}")}}}
            """;
        return await cloud.Api.SendAsync(
            token ?? cloud.Founder(tenant), HttpMethod.Put, "policies", body, ("If-Match", seen.Json.GetProperty("eTag").GetString()!));
    }

    /// <summary>A user of a department, with phones that enrolled.</summary>
    public static async Task<TestUser> UserOfAsync(this OpenCloud cloud, string tenant, string? department, int phones = 1)
    {
        var user = await cloud.Test.NewUserAsync(phones, tenantId: tenant);
        await cloud.MoveAsync(user, department);
        return user;
    }

    /// <summary>Has the user in another department, as a directory would.</summary>
    public static Task MoveAsync(this OpenCloud cloud, TestUser user, string? department) => department is null
        ? Task.CompletedTask
        : cloud.Test.PatchAsync(
            user, UserDocument.DocumentId, PatchOperation.Set("/department", department), PatchOperation.Set("/departmentKey", FoldedNames.Fold(department)));

    public static Task<RawAnswer> GetAsync(this OpenCloud cloud, string token, string path) => cloud.Api.SendAsync(token, HttpMethod.Get, path);

    public static Task<RawAnswer> RemoveAsync(this OpenCloud cloud, string token, TestUser user, int phone = 0) => cloud.Api.SendAsync(
        token, HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[phone]}/removal", """{"confirmation":"remove device","reason":"Lost"}""");

    /// <summary>The ids of all users that a list shows, a page of one at a time.</summary>
    public static async Task<IReadOnlyList<string>> ListedAsync(this OpenCloud cloud, string token, string query = "")
    {
        var found = new List<string>();
        for (string? continuation = "", next = null; continuation is not null; continuation = next)
        {
            var page = await cloud.GetAsync(token, $"users?pageSize=1&continuation={continuation}{query}");
            Assert.True(page.Status == 200, page.Text);
            found.AddRange(page.Json.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("userId").GetString()!));
            next = page.Json.TryGetProperty("continuation", out var more) ? more.GetString() : null;
        }

        return found;
    }
}
