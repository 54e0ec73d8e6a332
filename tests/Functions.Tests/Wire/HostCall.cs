using System.Text;
using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>An invocation as the Functions host sends it to the app.</summary>
internal static class HostCall
{
    public static async Task<RawAnswer> PostAsync(TestCloud cloud, string path, string envelope)
    {
        using var app = new RawApi(cloud.AppAddress);
        return await app.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(envelope), "application/json; charset=utf-8");
    }

    /// <summary>An answer without a JSON object would hang the invocation.</summary>
    public static void AssertObject(int status, RawAnswer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Contains("json", answer.ContentType, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, answer.Json.ValueKind);
    }
}
