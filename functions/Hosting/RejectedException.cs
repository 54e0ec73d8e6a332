namespace BlokSec.Functions.Hosting;

/// <summary>Tells the host that a message was rejected: it is recorded already, and ends in the dead-letter queue.</summary>
internal sealed class RejectedException(string reason) : Exception(reason);
