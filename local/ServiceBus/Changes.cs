namespace BlokSec.Local.ServiceBus;

/// <summary>Application properties that a receiver gives other values when it settles a message.</summary>
internal sealed class Changes : Dictionary<string, object?>
{
    private const string Reason = "DeadLetterReason";
    private const string Description = "DeadLetterErrorDescription";

    /// <summary>Why a message was given up.</summary>
    public static Changes DeadLetter(string? reason, string? description)
    {
        var changes = new Changes();
        changes.Note(Reason, reason);
        changes.Note(Description, description);
        return changes;
    }

    /// <summary>The message with the changes.</summary>
    public byte[] Apply(byte[] encoded)
    {
        var message = MessageSections.Read(encoded);
        foreach (var (name, value) in this)
        {
            message.SetApplicationProperty(name, value);
        }

        return message.ToBytes();
    }

    private void Note(string name, string? value)
    {
        if (value is not null)
        {
            this[name] = value;
        }
    }
}
