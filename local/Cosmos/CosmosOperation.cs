namespace BlokSec.Local.Cosmos;

/// <summary>Names what a request does, for faults, budgets and the gateway alike.</summary>
internal static class CosmosOperation
{
    public const string Account = "account";
    public const string Database = "database";
    public const string Container = "container";
    public const string PartitionKeyRanges = "pkranges";
    public const string QueryPlan = "query-plan";
    public const string Query = "query";
    public const string ReadFeed = "read-feed";
    public const string ChangeFeed = "change-feed";
    public const string Read = "read";
    public const string Create = "create";
    public const string Replace = "replace";
    public const string Upsert = "upsert";
    public const string Delete = "delete";
    public const string Patch = "patch";
    public const string Batch = "batch";
    public const string Unsupported = "unsupported";

    public static IReadOnlyList<string> All { get; } =
    [
        Account, Database, Container, PartitionKeyRanges, QueryPlan, Query, ReadFeed, ChangeFeed,
        Read, Create, Replace, Upsert, Delete, Patch, Batch, Unsupported,
    ];

    public static string Of(HttpContext context)
    {
        var path = ResourcePath.Parse(context.Request.Path);
        return path switch
        {
            { IsAccount: true } => Account,
            { Kind: "dbs" or "colls" } when Is(context.Request, CosmosHeaders.IsQuery) => Unsupported,
            { Kind: "dbs" } => Database,
            { Kind: "colls" } => Container,
            { Kind: "pkranges", Item: null } => PartitionKeyRanges,
            { Kind: "docs", Item: null } => OfFeed(context.Request),
            { Kind: "docs" } => OfItem(context.Request.Method),
            _ => Unsupported,
        };
    }

    private static string OfFeed(HttpRequest request) => request.Method switch
    {
        "GET" => request.Headers.ContainsKey(CosmosHeaders.IncrementalFeed) ? ChangeFeed : ReadFeed,
        "POST" when Is(request, CosmosHeaders.IsBatch) => Batch,
        "POST" when Is(request, CosmosHeaders.IsQueryPlan) => QueryPlan,
        "POST" when Is(request, CosmosHeaders.IsQuery) => Query,
        "POST" when Is(request, CosmosHeaders.IsUpsert) => Upsert,
        "POST" => Create,
        _ => Unsupported,
    };

    private static string OfItem(string method) => method switch
    {
        "GET" => Read,
        "PUT" => Replace,
        "PATCH" => Patch,
        "DELETE" => Delete,
        _ => Unsupported,
    };

    private static bool Is(HttpRequest request, string header) =>
        string.Equals(request.Headers[header], "true", StringComparison.OrdinalIgnoreCase);
}
