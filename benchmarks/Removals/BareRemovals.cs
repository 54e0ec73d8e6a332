using System.Diagnostics;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using BlokSec.Benchmarks.SignIns;
using BlokSec.Functions;
using BlokSec.Functions.Messaging;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Benchmarks.Removals;

/// <summary>What the calls of a removal took alone.</summary>
/// <param name="Milliseconds">The median.</param>
/// <param name="Cpu">Milliseconds of processor time.</param>
internal sealed record BareSample(double Milliseconds, double Cpu);

/// <summary>The child process that makes the calls of a removal with the SDKs alone: no host, no checks, no records.</summary>
internal static class BareRemovals
{
    private static readonly TransactionalBatchItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    /// <summary>Measures, and prints the sample.</summary>
    /// <param name="model">A user with a removal by the app, whose documents are written again for others.</param>
    /// <param name="warmUp">How many are not measured.</param>
    public static async Task RunAsync(string model, int warmUp)
    {
        var container = BareDatabase.Open(Environment.GetEnvironmentVariable("Cosmos__Endpoint")!);
        await using var bus = new ServiceBusClient(Environment.GetEnvironmentVariable("ServiceBus"));
        await using var sender = bus.CreateSender(Queues.Revocations);
        var documents = await BareDatabase.ReadAsync(container, DemoPeople.Contoso, model, "c.type IN ('operation', 'revocation', 'audit', 'signal')");
        var users = (await Console.In.ReadToEndAsync()).Split('\n').Select(line => line.Split(' ')).ToArray();
        var (times, cpu) = (new Times(), TimeSpan.Zero);
        foreach (var (number, user) in users.Index())
        {
            if (number == warmUp)
            {
                cpu = Environment.CpuUsage.TotalTime;
            }

            var start = Stopwatch.GetTimestamp();
            await RemoveAsync(container, sender, documents, user[0], user[1]);
            if (number >= warmUp)
            {
                times.Since(start);
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new BareSample(times.At(0.5), (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / (users.Length - warmUp))));
    }

    private static async Task RemoveAsync(
        Container container, ServiceBusSender sender, IReadOnlyList<JsonElement> documents, string userId, string deviceId)
    {
        await BareDatabase.ReadAsync(
            container,
            DemoPeople.Contoso,
            userId,
            "c.id IN ('user', 'claim') OR (c.type = 'device' AND c.state = 'active') OR (c.type = 'authenticationRequest' AND c.status = 'pending')");
        var batch = container.CreateTransactionalBatch(BareDatabase.KeyOf(DemoPeople.Contoso, userId))
            .PatchItem("user", [PatchOperation.Set("/deviceCount", 1)], new TransactionalBatchPatchItemRequestOptions { EnableContentResponseOnWrite = false })
            .PatchItem(
                $"device:{deviceId}",
                [PatchOperation.Set("/state", "revoked"), PatchOperation.Set("/revokedHandle", deviceId)],
                new TransactionalBatchPatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.state = 'active'", EnableContentResponseOnWrite = false });
        foreach (var document in documents)
        {
            batch.CreateItemStream(BareDatabase.Copy(document, userId), Quiet);
        }

        using var response = await batch.ExecuteAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{response.StatusCode}: {response.ErrorMessage}");
        }

        var message = new RevocationMessage { TenantId = DemoPeople.Contoso, UserId = userId, OperationId = $"{Guid.NewGuid():N}" };
        await sender.SendMessageAsync(new ServiceBusMessage(JsonSerializer.SerializeToUtf8Bytes(message, Json.Documents))
        {
            ContentType = "application/json",
            MessageId = message.MessageId(),
        });
    }
}
