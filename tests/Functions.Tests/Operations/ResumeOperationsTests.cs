using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Telemetry;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Operations;

public sealed class ResumeOperationsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OperationDocument.DocumentType, "/kind", "somethingOfALaterVersion")]
    [InlineData(OperationDocument.DocumentType, "/steps", "not a list")]
    [InlineData(OperationDocument.DocumentType, "/schemaVersion", 2)]
    [InlineData(RevocationDocument.DocumentType, "/push", "somethingOfALaterVersion")]
    [InlineData(RevocationDocument.DocumentType, "/schemaVersion", 2)]
    public async Task I3_A_document_that_this_version_cannot_read_is_told_and_holds_up_no_other(string type, string member, object value)
    {
        var (broken, whole) = (await test.NewUserAsync(), await test.NewUserAsync());
        string id, operationId;
        var told = new ConcurrentQueue<string>();
        using var listener = Listen(told);
        using (test.BusOut())
        {
            var lost = await test.Admin().RemoveAsync(broken.UserId, broken.DeviceIds[0], null, Stop);
            id = type == OperationDocument.DocumentType ? OperationDocument.IdOf(lost.OperationId) : RevocationDocument.IdOf(broken.DeviceIds[0]);
            await test.PatchAsync(broken, id, PatchOperation.Set(member, value));
            operationId = (await test.Admin().RemoveAsync(whole.UserId, whole.DeviceIds[0], null, Stop)).OperationId;

            // Looked at before the work that can be queued has begun, which may settle a push that only calls itself newer.
            Assert.True(await test.ResumeAsync());
        }

        Assert.True(await test.ResumeAsync());

        await test.SucceededAsync(whole, operationId);
        await test.ConfirmedAsync(whole, whole.DeviceIds[0]);
        Assert.Contains(type, told);
        Assert.Contains(test.Logs.Lines, line =>
            line.Contains($"{type} document {id} cannot be read by this version", StringComparison.Ordinal)
            && line.Contains($"[userId, {broken.UserId}]", StringComparison.Ordinal));
    }

    /// <summary>Takes the types of documents that are counted as unreadable.</summary>
    private static MeterListener Listen(ConcurrentQueue<string> told)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Meter.Name == Sources.Name && instrument.Name == "bloksec.documents.unreadable")
                {
                    meters.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => told.Enqueue((string)tags[0].Value!));
        listener.Start();
        return listener;
    }
}
