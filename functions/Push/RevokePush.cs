using System.Globalization;
using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>Tells a device that it was removed.</summary>
/// <param name="Epoch">The registration epoch that ended; an app of a later one ignores the push.</param>
/// <param name="Statement">The signed revocation statement (compact JWS), the only thing the app acts on.</param>
/// <param name="ExpiresAt">Until when Apple keeps it for a phone that is offline; 30 days after the removal.</param>
/// <inheritdoc cref="PhonePush"/>
internal sealed record RevokePush(
    PushHandle Handle,
    DevicePlatform Platform,
    string PushId,
    string TenantId,
    string UserId,
    string DeviceId,
    long Epoch,
    string Statement,
    DateTimeOffset ExpiresAt,
    string? TraceParent = null)
    : PhonePush(Handle, Platform, PushId, TenantId, UserId, DeviceId, ExpiresAt, TraceParent)
{
    /// <summary>Title of the notification.</summary>
    public const string Title = "Device Revoked";

    /// <summary>Text of the notification.</summary>
    public const string Body = "This device has been removed from your account.";

    /// <inheritdoc cref="PhonePush.DataType"/>
    public const string Type = "device-revoked";

    /// <summary>An alert that is shown whatever the app does, which also wakes the app and its notification extension where iOS allows it.</summary>
    private static readonly byte[] Alert = Encoding.UTF8.GetBytes(
        $$$"""{"alert":{"title":"{{{Title}}}","body":"{{{Body}}}"},"sound":"default","content-available":1,"mutable-content":1}""");

    public override string DataType => Type;

    public override ReadOnlySpan<byte> Aps => Alert;

    /// <summary>One notification per device, however often it is sent.</summary>
    public override string CollapseId => Collapse("revoke-", DeviceId);

    /// <summary>The longest time that Google keeps anything: four weeks.</summary>
    public override TimeSpan TimeToLive => TimeSpan.FromDays(28);

    public override int DataSize =>
        "epochstatement".Length + Epoch.ToString(CultureInfo.InvariantCulture).Length + Encoding.UTF8.GetByteCount(Statement);

    public override void WriteData(ref PushJson json, bool isText)
    {
        if (isText)
        {
            json.Text("epoch"u8, Epoch.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            json.Number("epoch"u8, Epoch);
        }

        json.Text("statement"u8, Statement);
    }

    protected override bool PrintMembers(StringBuilder builder)
    {
        base.PrintMembers(builder);
        builder.Append(", Epoch = ").Append(Epoch);
        return true;
    }
}
