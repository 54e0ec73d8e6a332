namespace BlokSec.Local.Cosmos;

/// <summary>A request that is answered with an error; caught once in the gateway, and per operation in a batch.</summary>
internal sealed class CosmosRefusal(int status, string message, int subStatus = 0) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The sub status, such as 1001 for a partition key that does not fit the container.</summary>
    public int SubStatus { get; } = subStatus;

    public static CosmosRefusal BadRequest(string message, int subStatus = 0) => new(400, message, subStatus);

    public static CosmosRefusal NotFound(int subStatus = 0) =>
        new(404, "Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found", subStatus);

    public static CosmosRefusal Conflict() => new(409, "Entity with the specified id already exists in the system.");

    public static CosmosRefusal PreconditionFailed() =>
        new(412, "Operation cannot be performed because one of the specified precondition is not met.");

    public static CosmosRefusal TooLarge() => new(413, "Request size is too large");

    public static CosmosRefusal Unsupported(string what) => new(501, "The local stand-in of Cosmos DB does not do this: " + what);
}
