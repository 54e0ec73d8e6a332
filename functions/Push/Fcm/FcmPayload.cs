using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// What an Android phone is sent: data only, as with a notification block Android would show that and not run the app; the app shows
/// its own. High priority, kept for the longest time Google keeps anything: four weeks
/// (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages).
/// </summary>
internal static class FcmPayload
{
    /// <summary>Google's limit for keys and values of the data together, in bytes.</summary>
    public const int Limit = 4096;

    public const string Ttl = "2419200s";

    public static byte[] Build(RevokePush push)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("message");

            // An installation id has a field of its own; a registration token sent as fid is not found.
            json.WriteString(push.Handle.Kind == PushHandleKind.FcmFid ? "fid" : "token", push.Handle.Value);
            json.WriteStartObject("data");
            foreach (var (key, value) in Data(push))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteStartObject("android");
            json.WriteString("priority", "HIGH");
            json.WriteString("ttl", Ttl);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What counts against the limit.</summary>
    public static int DataSize(RevokePush push) =>
        Data(push).Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));

    private static KeyValuePair<string, string>[] Data(RevokePush push) =>
    [
        new("type", RevokePush.Type),
        new("tenant", push.TenantId),
        new("user", push.UserId),
        new("device", push.DeviceId),
        new("epoch", push.Epoch.ToString(CultureInfo.InvariantCulture)),
        new("statement", push.Statement),
    ];
}
