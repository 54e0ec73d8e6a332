using System.Diagnostics;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using BlokSec.Benchmarks.SignIns;
using BlokSec.Functions;
using BlokSec.Functions.Messaging;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Benchmarks.Removals;

/// <summary>The child process that makes the calls of a removal with the SDKs alone: no host, no checks, nothing received.</summary>
internal sealed class BareRemovals : IAsyncDisposable
{
    private static readonly TransactionalBatchItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    private readonly BareWork work;
    private readonly Container container;
    private readonly ServiceBusClient bus;
    private readonly ServiceBusSender revocations;
    private readonly ServiceBusSender pushes;
    private readonly ServiceBusSender deletions;
    private readonly PlainProviders providers;
    private readonly JsonElement operation;
    private readonly JsonElement revocation;
    private readonly JsonElement audit;
    private readonly Dictionary<string, Copies> copies;

    private BareRemovals(BareWork work)
    {
        this.work = work;
        container = BareDatabase.Open(work.Database);
        bus = new ServiceBusClient(work.Bus);
        (revocations, pushes, deletions) = (bus.CreateSender(Queues.Revocations), bus.CreateSender(Queues.RevokePushes), bus.CreateSender(Queues.DeviceDeletions));
        providers = new PlainProviders(work.Pushes);
        (operation, revocation, audit) = (OfType("operation"), OfType("revocation"), OfType("audit"));
        copies = work.Whole.Concat(work.Answered).ToDictionary(phone => phone.UserId, phone => Copy(phone.UserId));
    }

    /// <summary>Measures what standard input says, and prints the samples.</summary>
    public static async Task RunAsync()
    {
        await using var removals = new BareRemovals(JsonSerializer.Deserialize<BareWork>(await Console.In.ReadToEndAsync())!);
        var whole = await MeasureAsync(removals.work.Whole, removals.work.WarmUp, removals.RemoveAsync);
        var answered = await MeasureAsync(removals.work.Answered, 0, (phone, _) => removals.AnswerAsync(phone));
        Console.WriteLine(JsonSerializer.Serialize(new BareSamples(answered, whole)));
    }

    public async ValueTask DisposeAsync()
    {
        providers.Dispose();
        await bus.DisposeAsync();
    }

    private static async Task<BareSample> MeasureAsync(IReadOnlyList<RemovedPhone> phones, int warmUp, Func<RemovedPhone, int, Task> remove)
    {
        var (times, cpu) = (new Times(), TimeSpan.Zero);
        foreach (var (number, phone) in phones.Index())
        {
            if (number == warmUp)
            {
                cpu = Environment.CpuUsage.TotalTime;
            }

            var start = Stopwatch.GetTimestamp();
            await remove(phone, number);
            if (number >= warmUp)
            {
                times.Since(start);
            }
        }

        return new BareSample(times.At(0.5), (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / (phones.Count - warmUp));
    }

    /// <summary>As far as the answer: what is decided on, the fence, the message.</summary>
    private async Task AnswerAsync(RemovedPhone phone)
    {
        await ReadAsync(
            phone,
            "c.id IN ('user', 'claim') OR (c.type = 'device' AND c.state = 'active') OR (c.type = 'authenticationRequest' AND c.status = 'pending')");
        var batch = Batch(phone)
            .PatchItem("user", [PatchOperation.Set("/deviceCount", 1)], new TransactionalBatchPatchItemRequestOptions { EnableContentResponseOnWrite = false })
            .PatchItem(
                DeviceOf(phone),
                [PatchOperation.Set("/state", "revoked"), PatchOperation.Set("/revokedHandle", phone.DeviceId)],
                new TransactionalBatchPatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.state = 'active'", EnableContentResponseOnWrite = false });
        foreach (var document in copies[phone.UserId].Created)
        {
            batch.CreateItemStream(document, Quiet);
        }

        await CommitAsync(batch);
        await SendAsync(revocations, Message(phone));
    }

    /// <summary>And what its queue functions do: fan-out; the push and what the provider said; the deletion.</summary>
    private async Task RemoveAsync(RemovedPhone phone, int number)
    {
        var copy = copies[phone.UserId];
        await AnswerAsync(phone);

        await ReadAsync(phone, $"c.id IN ('{Id(operation)}', 'user', 'claim')");
        await Task.WhenAll(SendAsync(pushes, Message(phone)), SendAsync(deletions, Message(phone)));
        await CommitAsync(Batch(phone).ReplaceItemStream(Id(operation), copy.Running, Quiet));

        await BareDatabase.QueryAsync(
            container,
            DemoPeople.Contoso,
            phone.UserId,
            $"c.id IN ('{Id(revocation)}', '{DeviceOf(phone)}') OR (c.type = 'device' AND c.state = 'active')");
        await providers.PushAsync(number);
        await CommitAsync(Batch(phone)
            .UpsertItem(new { id = "handle", tenantId = DemoPeople.Contoso, userId = phone.UserId, handle = phone.DeviceId }, Quiet)
            .ReplaceItemStream(Id(revocation), copy.Pushed, Quiet)
            .CreateItemStream(copy.PushEntry, Quiet));

        await ReadAsync(phone, $"c.id IN ('{Id(operation)}', 'user', 'claim') OR (c.type = 'device' AND c.state = 'revoked')");
        await CommitAsync(Batch(phone)
            .DeleteItem(DeviceOf(phone), Quiet)
            .CreateItemStream(copy.DeletionEntry, Quiet)
            .ReplaceItemStream(Id(operation), copy.Succeeded, Quiet));
    }

    private Task<IReadOnlyList<JsonElement>> ReadAsync(RemovedPhone phone, string where) =>
        BareDatabase.ReadAsync(container, DemoPeople.Contoso, phone.UserId, where);

    private TransactionalBatch Batch(RemovedPhone phone) => container.CreateTransactionalBatch(BareDatabase.KeyOf(DemoPeople.Contoso, phone.UserId));

    private static async Task CommitAsync(TransactionalBatch batch)
    {
        using var response = await batch.ExecuteAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{response.StatusCode}: {response.ErrorMessage}");
        }
    }

    private static RevocationMessage Message(RemovedPhone phone) =>
        new() { TenantId = DemoPeople.Contoso, UserId = phone.UserId, OperationId = $"{Guid.NewGuid():N}" };

    private static Task SendAsync(ServiceBusSender sender, RevocationMessage message) => sender.SendMessageAsync(
        new ServiceBusMessage(JsonSerializer.SerializeToUtf8Bytes(message, Json.Documents))
        {
            ContentType = "application/json",
            MessageId = message.MessageId(),
        });

    private Copies Copy(string userId) => new(
        [.. work.Documents.Select(document => BareDatabase.Copy(document, userId))],
        BareDatabase.Copy(operation, userId),
        BareDatabase.Copy(revocation, userId),
        BareDatabase.Copy(audit, userId, "audit:push"),
        BareDatabase.Copy(audit, userId, "audit:deletion"),
        BareDatabase.Copy(operation, userId));

    private JsonElement OfType(string type) => work.Documents.First(document => document.GetProperty("type").GetString() == type);

    private static string Id(JsonElement document) => document.GetProperty("id").GetString()!;

    private static string DeviceOf(RemovedPhone phone) => $"device:{phone.DeviceId}";

    /// <summary>What is written for one user, made before anything is measured.</summary>
    private sealed record Copies(
        IReadOnlyList<MemoryStream> Created, MemoryStream Running, MemoryStream Pushed, MemoryStream PushEntry, MemoryStream DeletionEntry, MemoryStream Succeeded);
}
