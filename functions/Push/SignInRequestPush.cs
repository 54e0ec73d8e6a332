using System.Globalization;
using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>
/// Tells a phone that a sign-in waits for its user. It says which one, and nothing of it: the app fetches the request, signed with the
/// device's key.
/// </summary>
/// <param name="RequestId">The request.</param>
/// <param name="ExpiresAt">When it is too late to answer.</param>
/// <param name="TimeLeft">How long that is from now.</param>
/// <inheritdoc cref="PhonePush"/>
internal sealed record SignInRequestPush(
    PushHandle Handle,
    DevicePlatform Platform,
    string PushId,
    string TenantId,
    string UserId,
    string DeviceId,
    string RequestId,
    DateTimeOffset ExpiresAt,
    TimeSpan TimeLeft,
    string? TraceParent = null)
    : PhonePush(Handle, Platform, PushId, TenantId, UserId, DeviceId, ExpiresAt, TraceParent)
{
    /// <summary>Title of the notification on an iPhone.</summary>
    public const string Title = "Sign-in request";

    /// <summary>Text of the notification on an iPhone.</summary>
    public const string Body = "Open BlokSec to answer it.";

    /// <inheritdoc cref="PhonePush.DataType"/>
    public const string Type = "sign-in";

    private const int UnixTimeDigits = 10;

    /// <summary>Breaks through a Focus where the user allows the app to: the request is over in minutes.</summary>
    private static readonly byte[] Alert = Encoding.UTF8.GetBytes(
        $$$"""{"alert":{"title":"{{{Title}}}","body":"{{{Body}}}"},"sound":"default","interruption-level":"time-sensitive","content-available":1,"mutable-content":1}""");

    public override string DataType => Type;

    public override ReadOnlySpan<byte> Aps => Alert;

    /// <summary>One notification per request, however often it is sent.</summary>
    public override string CollapseId => Collapse("sign-in-", RequestId);

    /// <summary>The app lists all requests that wait, whichever woke it.</summary>
    public override string CollapseKey => Type;

    public override TimeSpan TimeToLive => TimeLeft;

    public override int DataSize => "requestexpires".Length + Encoding.UTF8.GetByteCount(RequestId) + UnixTimeDigits;

    public override void WriteData(ref PushJson json, bool isText)
    {
        json.Text("request"u8, RequestId);
        if (isText)
        {
            json.Text("expires"u8, ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            json.Number("expires"u8, ExpiresAt.ToUnixTimeSeconds());
        }
    }

    protected override bool PrintMembers(StringBuilder builder)
    {
        base.PrintMembers(builder);
        builder.Append(", RequestId = ").Append(RequestId);
        return true;
    }
}
