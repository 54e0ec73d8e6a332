using System.Globalization;
using System.Text;
using BlokSec.Contracts;

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
        json.WriteStartObject("android");
        json.WriteString("priority", "HIGH");
        json.WriteString("ttl", Ttl);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>What counts against the limit.</summary>
    public static int DataSize(RevokePush push) =>
        "typetenantuserdeviceepochstatement".Length
        + RevokePush.Type.Length
        + Encoding.UTF8.GetByteCount(push.TenantId)
        + Encoding.UTF8.GetByteCount(push.UserId)
        + Encoding.UTF8.GetByteCount(push.DeviceId)
        + push.Epoch.ToString(CultureInfo.InvariantCulture).Length
        + Encoding.UTF8.GetByteCount(push.Statement)
        + (push.TraceParent is null ? 0 : "traceparent".Length + push.TraceParent.Length);
}
