using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>An administrator wants to know whether a phone can be reached. The app shows it.</summary>
/// <inheritdoc cref="PhonePush"/>
internal sealed record TestPush(
    PushHandle Handle,
    DevicePlatform Platform,
    string PushId,
    string TenantId,
    string UserId,
    string DeviceId,
    DateTimeOffset ExpiresAt,
    string? TraceParent = null)
    : PhonePush(Handle, Platform, PushId, TenantId, UserId, DeviceId, ExpiresAt, TraceParent)
{
    /// <summary>Title of the notification.</summary>
    public const string Title = "Test notification";

    /// <summary>Text of the notification.</summary>
    public const string Body = "Your administrator checks whether this phone can be reached. There is nothing to do.";

    /// <inheritdoc cref="PhonePush.DataType"/>
    public const string Type = "test";

    private static readonly byte[] Alert = Encoding.UTF8.GetBytes(
        $$$"""{"alert":{"title":"{{{Title}}}","body":"{{{Body}}}"},"sound":"default","content-available":1,"mutable-content":1}""");

    public override string DataType => Type;

    public override ReadOnlySpan<byte> Aps => Alert;

    /// <summary>However many tests wait for the phone, it shows the last one.</summary>
    public override string CollapseId => Type;

    /// <summary>A test that comes much later tells nothing.</summary>
    public override TimeSpan TimeToLive => TimeSpan.FromMinutes(5);

    public override int DataSize => 0;

    public override void WriteData(ref PushJson json, bool isText)
    {
    }

    protected override bool PrintMembers(StringBuilder builder) => base.PrintMembers(builder);
}
