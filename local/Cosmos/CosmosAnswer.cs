using System.Globalization;

namespace BlokSec.Local.Cosmos;

/// <summary>What the gateway answers.</summary>
/// <param name="Status">The HTTP status.</param>
internal sealed record CosmosAnswer(int Status)
{
    public int SubStatus { get; init; }

    public byte[]? Body { get; init; }

    public string? ETag { get; init; }

    public string? Continuation { get; init; }

    /// <summary>How many items the body lists, if it is a list.</summary>
    public int? ItemCount { get; init; }

    /// <summary>Request units: a stable rough figure, not what the service would charge.</summary>
    public double Charge { get; init; } = 1;

    /// <summary>Counts the writes of the account, as the sequence number of its only partition.</summary>
    public long Sequence { get; init; }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        var headers = response.Headers;
        headers[CosmosHeaders.ActivityId] = context.Request.Headers.TryGetValue(CosmosHeaders.ActivityId, out var id) && id.Count > 0
            ? id
            : Guid.NewGuid().ToString();
        headers[CosmosHeaders.RequestCharge] = Charge.ToString("0.##", CultureInfo.InvariantCulture);
        headers[CosmosHeaders.SessionToken] = "0:-1#" + Sequence.ToString(CultureInfo.InvariantCulture);
        SetIf(SubStatus != 0, CosmosHeaders.SubStatus, SubStatus.ToString(CultureInfo.InvariantCulture));
        SetIf(ETag is not null, "etag", ETag);
        SetIf(Continuation is not null, CosmosHeaders.Continuation, Continuation);
        SetIf(ItemCount is not null, CosmosHeaders.ItemCount, ItemCount?.ToString(CultureInfo.InvariantCulture));
        SetIf(ItemCount is not null, CosmosHeaders.RequiresDistribution, "False");
        if (Body is null)
        {
            return Task.CompletedTask;
        }

        response.ContentType = "application/json";
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body, context.RequestAborted).AsTask();

        void SetIf(bool set, string name, string? value)
        {
            if (set)
            {
                headers[name] = value;
            }
        }
    }
}
