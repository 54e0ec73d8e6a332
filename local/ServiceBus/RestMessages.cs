using System.Globalization;
using System.Text.Json;

namespace BlokSec.Local.ServiceBus;

/// <summary>Translates between messages and the headers that carry their properties over HTTP.</summary>
internal static class RestMessages
{
    public static byte[] Encode(IHeaderDictionary headers, Dictionary<string, string> custom, string messageId, ReadOnlyMemory<byte> body)
    {
        var message = MessageSections.Of(body);
        var known = headers[ServiceBus.BrokerProperties.HeaderName].ToString() is { Length: > 0 } json
            ? JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!
            : [];
        message.SetProperties(properties =>
        {
            properties.MessageId = messageId;
            properties.ContentType = headers.ContentType.ToString() is { Length: > 0 } type ? type : default;
            properties.Subject = Text(known, "Label");
            properties.CorrelationId = Text(known, "CorrelationId") is { } correlation ? correlation : null;
            properties.To = Text(known, "To") is { } to ? to : null;
            properties.ReplyTo = Text(known, "ReplyTo") is { } reply ? reply : null;
            properties.ReplyToGroupId = Text(known, "ReplyToSessionId");
        });
        foreach (var (name, value) in custom)
        {
            message.SetApplicationProperty(name, Value(value));
        }

        return message.ToBytes();
    }

    public static IEnumerable<(string Name, object Value)> BrokerProperties(MessageSections message)
    {
        var properties = message.Properties;
        (string Name, string? Value)[] all =
        [
            ("Label", properties.Subject),
            ("CorrelationId", properties.CorrelationId?.ToString()),
            ("To", properties.To?.ToString()),
            ("ReplyTo", properties.ReplyTo?.ToString()),
            ("ReplyToSessionId", properties.ReplyToGroupId),
        ];
        return all.Where(property => property.Value is not null).Select(property => (property.Name, (object)property.Value!));
    }

    public static IEnumerable<(string Name, string Value)> Headers(MessageSections message) => message.ApplicationProperties.Map.Select(
        property => ((string)property.Key.Key, property.Value is string text ? JsonSerializer.Serialize(text) : Bare(property.Value)));

    private static string Bare(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static object Value(string header) =>
        header.StartsWith('"') ? JsonSerializer.Deserialize<string>(header)!
        : long.TryParse(header, CultureInfo.InvariantCulture, out var number) ? number
        : double.TryParse(header, CultureInfo.InvariantCulture, out var real) ? real
        : bool.TryParse(header, out var flag) ? flag
        : header;

    private static string? Text(Dictionary<string, JsonElement> properties, string name) =>
        properties.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
