using System.Globalization;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Push.Apns;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// What Google is sent (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages). For an Android phone: data only, as
/// with a notification block Android would show that and not run the app; the app shows its own. High priority. For an iPhone: the data,
/// and in an <c>apns</c> block the alert and the headers that Apple would be sent directly; Google passes both on to Apple as one
/// payload, and iOS shows no message without an alert. A repeated push takes the place of the one that still waits for the phone.
/// </summary>
internal static class FcmPayload
{
    /// <summary>Google's limit for keys and values of the data together, and Apple's for the payload that Google makes of them, in bytes.</summary>
    public const int Limit = 4096;

    /// <summary>What Google may add to Apple's payload: ids of the message and of the sender.</summary>
    private const int AddedForApple = 256;

    public static PushPayload Build(PhonePush push)
    {
        var json = new PushJson();
        json.Open("message"u8);

        // An installation id has a field of its own; a registration token sent as fid is not found.
        json.Text(push.Handle.Kind == PushHandleKind.FcmFid ? "fid"u8 : "token"u8, push.Handle.Value);
        json.Open("data"u8);
        json.Text("type"u8, push.DataType);
        json.Text("tenant"u8, push.TenantId);
        json.Text("user"u8, push.UserId);
        json.Text("device"u8, push.DeviceId);
        push.WriteData(ref json, isText: true);
        if (push.TraceParent is not null)
        {
            json.Text("traceparent"u8, push.TraceParent);
        }

        json.Close();
        if (push.Platform == DevicePlatform.Ios)
        {
            WriteApns(ref json, push);
        }
        else
        {
            WriteAndroid(ref json, push);
        }

        json.Close();
        return json.End();
    }

    /// <summary>What counts against the limit.</summary>
    public static int Size(PhonePush push)
    {
        if (push.Platform != DevicePlatform.Ios)
        {
            return DataSize(push);
        }

        var apple = ApnsPayload.Build(push);
        apple.Return();
        return apple.Length + AddedForApple;
    }

    private static void WriteAndroid(ref PushJson json, PhonePush push)
    {
        json.Open("android"u8);
        json.Text("collapse_key"u8, push.CollapseKey);
        json.Text("priority"u8, "HIGH");
        json.Text("ttl"u8, Ttl(push));
        json.Close();
    }

    private static void WriteApns(ref PushJson json, PhonePush push)
    {
        json.Open("apns"u8);
        json.Open("headers"u8);
        json.Text("apns-push-type"u8, "alert");
        json.Text("apns-priority"u8, "10");
        json.Text("apns-expiration"u8, push.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        json.Text("apns-collapse-id"u8, push.CollapseId);
        json.Close();
        json.Open("payload"u8);
        json.Raw("aps"u8, push.Aps);
        json.Close();
        json.Close();
    }

    private static string Ttl(PhonePush push) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)push.TimeToLive.TotalSeconds)}s");

    private static int DataSize(PhonePush push) =>
        "typetenantuserdevice".Length
        + push.DataType.Length
        + Encoding.UTF8.GetByteCount(push.TenantId)
        + Encoding.UTF8.GetByteCount(push.UserId)
        + Encoding.UTF8.GetByteCount(push.DeviceId)
        + push.DataSize
        + (push.TraceParent is null ? 0 : "traceparent".Length + push.TraceParent.Length);
}
