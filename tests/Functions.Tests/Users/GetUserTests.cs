using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Users;

public sealed class GetUserTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I11_An_operation_that_failed_is_shown_however_many_succeeded_since()
    {
        var user = await test.NewUserAsync(phones: 2);
        var failed = await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
        await test.SucceededAsync(user, failed.OperationId);
        await test.PatchAsync(user, OperationDocument.IdOf(failed.OperationId), PatchOperation.Set("/status", "failed"));
        test.Later(TimeSpan.FromMinutes(1));
        var later = await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[1], null, Stop);
        await test.SucceededAsync(user, later.OperationId);
        await RepeatAsync(user, later.OperationId, times: 25);

        var shown = (await test.Admin().UserAsync(user.UserId, Stop)).Operations;

        Assert.Equal(21, shown.Count);
        Assert.Equal((failed.OperationId, OperationStatus.Failed), (shown[^1].OperationId, shown[^1].Status));
    }

    private async Task RepeatAsync(TestUser user, string operationId, int times)
    {
        var operation = (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Single(of => of.OperationId == operationId);
        foreach (var id in Enumerable.Range(0, times).Select(number => $"{number:x32}"))
        {
            var repeated = operation with { Id = OperationDocument.IdOf(id), OperationId = id, ETag = null };
            using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(repeated, Json.Documents));
            using var answer = await test.Cloud.Container.CreateItemStreamAsync(body, user.Key(), cancellationToken: Stop);
            answer.EnsureSuccessStatusCode();
        }
    }
}
