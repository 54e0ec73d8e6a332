using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;

namespace BlokSec.Portal.Tests.Api;

public sealed class PortalJsonTests
{
    /// <summary>As <c>functions/Json.cs</c> writes.</summary>
    private static readonly JsonSerializerOptions TheApis = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    [Fact]
    public void What_the_API_writes_is_read_without_loss()
    {
        var device = Samples.Device() with { Push = PushStatus.NotReceiving, PushReason = "gone" };
        var user = Samples.User(device) with
        {
            DidState = DidState.Unclaimed,
            AuthenticationRequests = [Samples.Request() with { Status = AuthenticationRequestStatus.BlokBadge }],
            Claim = Samples.Claim(ClaimState.Locked),
            Operations = [Samples.Operation("op-1", device.DeviceId) with { Kind = OperationKind.UnregisterAllDevices }],
            Revocations = [Samples.Revocation(device) with { State = RevocationState.LearnedAtNextOpen, Push = RevokePushState.GivenUp }],
        };
        var written = JsonSerializer.Serialize(user, TheApis);
        var read = JsonSerializer.Deserialize(written, PortalJson.Default.UserDetails);
        Assert.Equal(written, JsonSerializer.Serialize(read, TheApis));
        Assert.Equal(written, JsonSerializer.Serialize(read, PortalJson.Default.UserDetails));
    }

    [Fact]
    public void Every_enum_of_the_contracts_is_read_by_name()
    {
        foreach (var type in typeof(UserDetails).Assembly.GetExportedTypes().Where(type => type.IsEnum && PortalJson.Default.GetTypeInfo(type) is not null))
        {
            foreach (var value in Enum.GetValues(type))
            {
                Assert.Equal(value, JsonSerializer.Deserialize(JsonSerializer.Serialize(value, type, TheApis), type, PortalJson.Default));
            }
        }
    }

    [Fact]
    public void Settings_may_leave_out_what_has_a_default()
    {
        var settings = JsonSerializer.Deserialize(
            """{"api":"https://api.test/api","auth":{"authority":"https://issuer.test","clientId":"c","scope":"openid"}}""",
            PortalJson.Default.PortalSettings)!;
        Assert.Equal(new Uri("https://api.test/api/"), settings.ApiAddress);
        Assert.Equal("roles", settings.Auth.RoleClaim);
        Assert.Equal(["tenant_id", "tid"], settings.Auth.TenantClaims);
    }
}
