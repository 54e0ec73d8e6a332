namespace BlokSec.Local.Cosmos;

/// <summary>
/// Headers of the protocol (https://learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-request-headers and
/// common-cosmosdb-rest-response-headers; those that are not listed there are what Microsoft.Azure.Cosmos 3.64 sends and reads).
/// </summary>
internal static class CosmosHeaders
{
    public const string PartitionKey = "x-ms-documentdb-partitionkey";
    public const string StartEpk = "x-ms-start-epk";
    public const string EndEpk = "x-ms-end-epk";
    public const string IsUpsert = "x-ms-documentdb-is-upsert";
    public const string IsQuery = "x-ms-documentdb-isquery";
    public const string IsQueryPlan = "x-ms-cosmos-is-query-plan-request";
    public const string IsBatch = "x-ms-cosmos-is-batch-request";
    public const string IsBatchAtomic = "x-ms-cosmos-batch-atomic";
    public const string MaxItemCount = "x-ms-max-item-count";
    public const string Continuation = "x-ms-continuation";
    public const string IncrementalFeed = "a-im";
    public const string Prefer = "prefer";
    public const string Date = "x-ms-date";

    public const string ActivityId = "x-ms-activity-id";
    public const string SubStatus = "x-ms-substatus";
    public const string RequestCharge = "x-ms-request-charge";
    public const string SessionToken = "x-ms-session-token";
    public const string ItemCount = "x-ms-item-count";
    public const string RetryAfterMilliseconds = "x-ms-retry-after-ms";

    /// <summary>
    /// <c>False</c> tells the SDK that the page of an optimistic direct execution is final, so that it does not fall back to a query
    /// plan; the SDK takes a missing header with a continuation for <c>True</c>.
    /// </summary>
    public const string RequiresDistribution = "x-ms-cosmos-query-requiresdistribution";
}
