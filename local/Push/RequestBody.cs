namespace BlokSec.Local.Push;

/// <summary>Reads whole request bodies; remembered per request, as the fault switches may look first.</summary>
internal static class RequestBody
{
    private const int Limit = 1 << 20;
    private static readonly object Key = new();

    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Items[Key] is byte[] known)
        {
            return known;
        }

        using var memory = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while (memory.Length < Limit && (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            await memory.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
        }

        var body = memory.ToArray();
        context.Items[Key] = body;
        return body;
    }

    /// <summary>The request's headers, without those of HTTP/2 itself and without credentials.</summary>
    public static Dictionary<string, string> Headers(HttpRequest request) =>
        request.Headers
            .Where(header => !header.Key.StartsWith(':') && !header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal);
}
