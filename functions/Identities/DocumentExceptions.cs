namespace BlokSec.Functions.Identities;

/// <summary>
/// The document was written by a later version of the service. Written back by this one, it would lose what only the later version
/// knows. Nothing was changed; an instance of the later version carries the call out.
/// </summary>
internal sealed class NewerDocumentException(string id) : Exception($"The document {id} was written by a later version of the service.");

/// <summary>The document lacks members, or has members that cannot be read, so that it is never written back. Nothing was changed.</summary>
internal sealed class UnreadableDocumentException(string id, Exception? innerException = null)
    : Exception($"The document {id} cannot be read by this version.", innerException);

/// <summary>A batch has more operations or bytes than Cosmos DB takes: it can never be committed. Its work belongs into portions.</summary>
internal sealed class BatchTooLargeException(string message) : Exception(message);

/// <summary>A write that an administrator who is limited to departments may not make: it concerns a user of another one. Nothing was changed.</summary>
internal sealed class OutOfScopeException(string id) : Exception($"The document {id} is of a user outside the departments of whoever makes the call.");
