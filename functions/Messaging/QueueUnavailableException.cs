namespace BlokSec.Functions.Messaging;

/// <summary>The bus did not take a message. Whether it stored it is unknown; sending again is safe.</summary>
internal sealed class QueueUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
