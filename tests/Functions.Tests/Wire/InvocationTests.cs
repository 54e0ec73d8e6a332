using System.Text.Json;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>Invocations as the Functions host makes them, with what it tells beside the message.</summary>
public sealed class InvocationTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Cloud => fixture.Cloud;

    /// <summary>What Service Bus' extension tells in its major versions 4 and 5, and nothing at all.</summary>
    public static TheoryData<string, Dictionary<string, string>> Metadata => new()
    {
        { "version 5", new() { ["MessageId"] = "\"m\"", ["DeliveryCount"] = "1", ["ApplicationProperties"] = "{}", ["Subject"] = "null", ["LockToken"] = "\"t\"" } },
        { "version 4", new() { ["MessageId"] = "m", ["DeliveryCount"] = "1", ["UserProperties"] = "{}", ["Label"] = "null" } },
        { "members of the body in its place", new() { ["MessageId"] = "{\"a\":1}" } },
        { "nothing", [] },
    };

    [Theory]
    [MemberData(nameof(Metadata))]
    public async Task A_message_is_carried_out_whatever_is_told_beside_it(string what, Dictionary<string, string> metadata)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        string operationId;
        using (Cloud.BusOut())
        {
            operationId = (await Cloud.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, TestContext.Current.CancellationToken)).OperationId;
        }

        var message = new RevocationMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = operationId };

        Assert.True(await Cloud.Cloud.Host.InvokeQueueAsync("FanOutRevocation", JsonSerializer.Serialize(message, Json.Documents), metadata), what);
        await Cloud.SucceededAsync(user, operationId);
    }

    [Fact]
    public async Task A_tick_succeeds() => Assert.True(await Cloud.ResumeAsync());
}
