namespace BlokSec.Local.Faults;

/// <summary>One request that reached a stand-in.</summary>
/// <param name="Number">Counts up over all stand-ins, from 1.</param>
/// <param name="StandIn">Which stand-in saw it, such as <c>cosmos</c>.</param>
/// <param name="Operation">What it does in the words of the service, such as <c>query</c>, <c>batch</c> or <c>send</c>.</param>
/// <param name="Method">The HTTP method; <c>AMQP</c> for what is not HTTP.</param>
/// <param name="Path">Path and query; over AMQP a slash and the address of the link.</param>
public sealed record SeenRequest(long Number, string StandIn, string Operation, string Method, string Path)
{
    /// <summary>What <see cref="FaultRule.Contains"/> is looked for in: the path, and what the stand-in adds to it.</summary>
    public string Searchable { get; init; } = Path;

    /// <summary>The <c>User-Agent</c> of whoever sent it; empty when there was none.</summary>
    public string Caller { get; init; } = "";

    /// <summary>How many messages it carries; a batch is one operation.</summary>
    public int Messages { get; init; } = 1;

    /// <summary>The connection that it came on.</summary>
    public string Connection { get; init; } = "";

    /// <summary>The status that was answered; 0 while under way or when the connection was broken.</summary>
    public int Status { get; set; }
}
