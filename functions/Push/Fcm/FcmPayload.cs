using System.Globalization;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Push.Apns;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// What Google is sent (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages). For an Android phone: data only, as
/// with a notification block Android would show that and not run the app; the app shows its own. High priority, kept for the longest
/// time Google keeps anything: four weeks. For an iPhone: the data, and in an <c>apns</c> block the alert and the headers that Apple
/// would be sent directly; Google passes both on to Apple as one payload, and iOS shows no message without an alert. A repeated push
/// takes the place of the one that still waits for the phone.
/// </summary>
internal static class FcmPayload
{
    /// <summary>Google's limit for keys and values of the data together, and Apple's for the payload that Google makes of them, in bytes.</summary>
    public const int Limit = 4096;

    public const string Ttl = "2419200s";

    /// <summary>What Google may add to Apple's payload: ids of the message and of the sender.</summary>
    private const int AddedForApple = 256;

    public static byte[] Build(RevokePush push) => PushJson.Write(push, static (json, push) =>
    {
        json.WriteStartObject();
        json.WriteStartObject("message");

        // An installation id has a field of its own; a registration token sent as fid is not found.
        json.WriteString(push.Handle.Kind == PushHandleKind.FcmFid ? "fid" : "token", push.Handle.Value);
        json.WriteStartObject("data");
        json.WriteString("type", RevokePush.Type);
        json.WriteString("tenant", push.TenantId);
        json.WriteString("user", push.UserId);
        json.WriteString("device", push.DeviceId);
        json.WriteString("epoch", push.Epoch.ToString(CultureInfo.InvariantCulture));
        json.WriteString("statement", push.Statement);
        if (push.TraceParent is not null)
        {
            json.WriteString("traceparent", push.TraceParent);
        }

        json.WriteEndObject();
        if (push.Platform == DevicePlatform.Ios)
        {
            WriteApns(json, push);
        }
        else
        {
            WriteAndroid(json, push);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>What counts against the limit.</summary>
    public static int Size(RevokePush push) =>
        push.Platform == DevicePlatform.Ios ? ApnsPayload.Build(push).Length + AddedForApple : DataSize(push);

    private static void WriteAndroid(Utf8JsonWriter json, RevokePush push)
    {
        json.WriteStartObject("android");
        json.WriteString("collapse_key", ApnsPayload.CollapseId(push.DeviceId));
        json.WriteString("priority", "HIGH");
        json.WriteString("ttl", Ttl);
        json.WriteEndObject();
    }

    private static void WriteApns(Utf8JsonWriter json, RevokePush push)
    {
        json.WriteStartObject("apns");
        json.WriteStartObject("headers");
        json.WriteString("apns-push-type", "alert");
        json.WriteString("apns-priority", "10");
        json.WriteString("apns-expiration", push.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        json.WriteString("apns-collapse-id", ApnsPayload.CollapseId(push.DeviceId));
        json.WriteEndObject();
        json.WriteStartObject("payload");
        ApnsPayload.WriteAlert(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static int DataSize(RevokePush push) =>
        "typetenantuserdeviceepochstatement".Length
        + RevokePush.Type.Length
        + Encoding.UTF8.GetByteCount(push.TenantId)
        + Encoding.UTF8.GetByteCount(push.UserId)
        + Encoding.UTF8.GetByteCount(push.DeviceId)
        + push.Epoch.ToString(CultureInfo.InvariantCulture).Length
        + Encoding.UTF8.GetByteCount(push.Statement)
        + (push.TraceParent is null ? 0 : "traceparent".Length + push.TraceParent.Length);
}
