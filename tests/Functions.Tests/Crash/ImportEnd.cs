using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Imports;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What has to become of a file of people: each row one whole user.</summary>
/// <param name="importId">The import.</param>
internal sealed class ImportEnd(string importId)
{
    private const int People = 3;

    private static readonly TestUser Imports = new(TestCloud.Tenant, ImportDocument.KeyOf(TestCloud.Tenant).UserId, [], []);

    /// <summary>A file of people that was checked, and that an administrator imports.</summary>
    public static async Task<Flow> StartAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 0);
        var emails = Enumerable.Range(0, People).Select(row => $"{user.UserId}.{row}@example.com").ToArray();
        using var file = new StringContent($"givenName,familyName,email\r\n{string.Concat(emails.Select(email => $"Ada,Byron,{email}\r\n"))},,wrong\r\n", null, "text/csv");
        using var answer = await admin.Http.PostAsync(new Uri("imports", UriKind.Relative), file, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        var importId = System.Text.Json.JsonElement.Parse(text).GetProperty("importId").GetString()!;
        var import = (await test.AllAsync<ImportDocument>(Imports, ImportDocument.DocumentType)).Single(import => import.ImportId == importId);
        return new Flow(
            user,
            async () => (await admin.SendAsync(HttpMethod.Post, $"imports/{importId}/start", null)).Status,
            [importId, .. Enumerable.Range(2, People).Select(line => UserIdOf(import, line))])
        {
            Import = new ImportEnd(importId),
        };
    }

    public async Task<bool> IsDoneAsync(TestCloud test) => (await OperationAsync(test))?.Status == OperationStatus.Succeeded;

    public async Task<IEnumerable<string>> DescribeAsync(TestCloud test)
    {
        var import = (await test.AllAsync<ImportDocument>(Imports, ImportDocument.DocumentType)).Single(import => import.ImportId == importId);
        var operation = await OperationAsync(test);
        var chunks = await test.DocumentsAsync(Imports, $"c.id = '{import.IdOfChunk(0)}'");
        var rows = chunks.Values.SelectMany(chunk => System.Text.Json.JsonSerializer.Deserialize<ImportChunk>(chunk, Json.Documents)!.Rows).ToArray();
        var told = new List<string>
        {
            $"import {import.Created} created {import.Skipped} skipped chunk {import.NextChunk} of {import.Chunks}",
            $"operation {operation?.Status} {string.Join(' ', operation?.Steps.Select(step => $"{step.Status} {step.Completed}/{step.Total}") ?? [])}",
        };
        foreach (var row in rows)
        {
            var documents = row.CreatedUserId is null ? null : await test.DocumentsAsync(TestCloud.Tenant, row.CreatedUserId);
            told.Add($"row {row.Line} invalid {row.IsInvalid} fault {row.Fault is not null} "
                + (documents is null ? "" : string.Join(' ', documents.Values.Select(document => document.GetProperty("type").GetString()).Order(StringComparer.Ordinal))));
        }

        return told;
    }

    /// <summary>The partition of the user whom a row makes.</summary>
    private static string UserIdOf(ImportDocument import, int line) => RequestIds.For(
        UserKey.OfTenant(import.TenantId, "users"), import.RequestedBy.Id, string.Create(CultureInfo.InvariantCulture, $"{import.ImportId}:{line}"), import.CreatedAt);

    private async Task<OperationDocument?> OperationAsync(TestCloud test) =>
        (await test.AllAsync<OperationDocument>(Imports, OperationDocument.DocumentType)).SingleOrDefault(operation => operation.OperationId == importId);
}
