using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus;

/// <summary>
/// An AMQP message in its sections
/// (<see href="https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#section-message-format">message format</see>).
/// What a broker has no business with is kept byte for byte.
/// </summary>
internal sealed class MessageSections
{
    private ArraySegment<byte> deliveryAnnotations = ArraySegment<byte>.Empty;
    private ArraySegment<byte> properties = ArraySegment<byte>.Empty;
    private ArraySegment<byte> applicationProperties = ArraySegment<byte>.Empty;

    // Body and footer
    private ArraySegment<byte> rest = ArraySegment<byte>.Empty;

    /// <summary>Time to live, and in what is handed out the delivery count.</summary>
    public Header Header { get; } = new();

    /// <summary>What sender and broker note on the message.</summary>
    public MessageAnnotations Annotations { get; } = new();

    /// <summary>To look at; changed by <see cref="SetProperties"/>.</summary>
    public Properties Properties { get; } = new();

    /// <summary>To look at; changed by <see cref="SetApplicationProperty"/>.</summary>
    public ApplicationProperties ApplicationProperties { get; } = new();

    /// <summary>Takes a message apart.</summary>
    /// <exception cref="InvalidDataException">It is not an AMQP message.</exception>
    public static MessageSections Read(byte[] encoded)
    {
        var sections = new MessageSections();
        try
        {
            var buffer = new ByteBuffer(encoded, 0, encoded.Length);
            while (buffer.Length > 0)
            {
                sections.ReadSection(buffer, encoded);
            }

            return sections;
        }
        catch (Exception exception) when (exception is AmqpException or ArgumentException or InvalidCastException or InvalidOperationException)
        {
            throw new InvalidDataException($"The message is not encoded as AMQP: {exception.Message}", exception);
        }
    }

    /// <summary>A message with one data section.</summary>
    public static MessageSections Of(ReadOnlyMemory<byte> body)
    {
        var buffer = new ByteBuffer(body.Length + 16, autoGrow: true);
        new Data { Value = new ArraySegment<byte>(body.ToArray()) }.Encode(buffer);
        return new MessageSections { rest = Written(buffer) };
    }

    /// <summary>Changes the properties, which are encoded again.</summary>
    public void SetProperties(Action<Properties> change)
    {
        change(Properties);
        properties = Encoded(Properties);
    }

    /// <summary>Changes one of the application's properties, which are encoded again.</summary>
    public void SetApplicationProperty(string name, object? value)
    {
        ApplicationProperties.Map[name] = value;
        applicationProperties = Encoded(ApplicationProperties);
    }

    /// <summary>The message in one piece again.</summary>
    public byte[] ToBytes() =>
    [
        .. Encoded(Header),
        .. deliveryAnnotations,
        .. Annotations.Map.Count > 0 ? Encoded(Annotations) : ArraySegment<byte>.Empty,
        .. properties,
        .. applicationProperties,
        .. rest,
    ];

    /// <summary>The bytes of the data sections, or of a value that is binary or text.</summary>
    public byte[] Body() => [.. DataSections().SelectMany(section => section)];

    /// <summary>The bytes of each section of the body.</summary>
    public IEnumerable<byte[]> DataSections()
    {
        var buffer = new ByteBuffer(rest.Array!, rest.Offset, rest.Count);
        while (buffer.Length > 0 && ReadDescriptor(buffer) != Footer.Code)
        {
            yield return Bytes(AmqpCodec.DecodeObject(buffer));
        }
    }

    private void ReadSection(ByteBuffer buffer, byte[] encoded)
    {
        var start = buffer.Offset;
        switch (ReadDescriptor(buffer))
        {
            case var code when code == Header.Code:
                Header.DecodeValue(buffer);
                break;
            case var code when code == DeliveryAnnotations.Code:
                new DeliveryAnnotations().DecodeValue(buffer);
                deliveryAnnotations = new ArraySegment<byte>(encoded, start, buffer.Offset - start);
                break;
            case var code when code == MessageAnnotations.Code:
                Annotations.DecodeValue(buffer);
                break;
            case var code when code == Properties.Code:
                Properties.DecodeValue(buffer);
                properties = new ArraySegment<byte>(encoded, start, buffer.Offset - start);
                break;
            case var code when code == ApplicationProperties.Code:
                ApplicationProperties.DecodeValue(buffer);
                applicationProperties = new ArraySegment<byte>(encoded, start, buffer.Offset - start);
                break;
            default:
                rest = new ArraySegment<byte>(encoded, start, encoded.Length - start);
                buffer.Complete(buffer.Length);
                break;
        }
    }

    /// <summary>A section's descriptor, which is a number or a name.</summary>
    private static ulong ReadDescriptor(ByteBuffer buffer)
    {
        AmqpDescribed.DecodeDescriptor(buffer, out var name, out var code);
        return name.Value switch
        {
            null => code,
            _ when name.Value == Header.Name => Header.Code,
            _ when name.Value == DeliveryAnnotations.Name => DeliveryAnnotations.Code,
            _ when name.Value == MessageAnnotations.Name => MessageAnnotations.Code,
            _ when name.Value == Properties.Name => Properties.Code,
            _ when name.Value == ApplicationProperties.Name => ApplicationProperties.Code,
            _ when name.Value == Footer.Name => Footer.Code,
            _ => Data.Code,
        };
    }

    private static byte[] Bytes(object? value) => value switch
    {
        ArraySegment<byte> binary => [.. binary],
        byte[] binary => binary,
        string text => System.Text.Encoding.UTF8.GetBytes(text),
        _ => [],
    };

    private static ArraySegment<byte> Encoded(AmqpDescribed section)
    {
        var buffer = new ByteBuffer(section.EncodeSize, autoGrow: true);
        section.Encode(buffer);
        return Written(buffer);
    }

    private static ArraySegment<byte> Written(ByteBuffer buffer) => new(buffer.Buffer, buffer.Offset, buffer.Length);
}
