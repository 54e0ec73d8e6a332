using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.SignIn;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Seed;

/// <summary>Fills an empty database with the demo's users, and gives each of their devices a virtual phone.</summary>
internal sealed class DemoData(Container container, Container owners, PhoneBook phones, TimeProvider time)
{
    private const int BatchSize = 100;

    private static readonly (string Model, DevicePlatform Platform, string Os)[] Models =
    [
        ("iPhone 16 Pro", DevicePlatform.Ios, "iOS 19.1"),
        ("Pixel 9", DevicePlatform.Android, "Android 16"),
        ("Galaxy S24", DevicePlatform.Android, "Android 15"),
        ("iPhone SE", DevicePlatform.Ios, "iOS 18.7"),
    ];

    /// <summary>Whether the demo's users are there.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        using var response = await container.ReadItemStreamAsync(
            "user", Key(DemoPeople.Contoso, DemoPeople.ThreePhones), cancellationToken: cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Writes the applications of their tenants, the policies of the first, and all users; the one that <see cref="IsThereAsync"/> looks for comes last, so that a half-filled database is filled again.</summary>
    public async Task WriteAsync(IEnumerable<DemoPerson> people, CancellationToken cancellationToken)
    {
        var all = people.ToArray();
        foreach (var tenantId in all.Select(person => person.TenantId).Distinct())
        {
            await WriteAsync(
                tenantId, SeedDocuments.ApplicationsArea, [.. SeedDocuments.ApplicationsOf(tenantId, time.GetUtcNow())], cancellationToken);
        }

        var limited = SeedDocuments.PoliciesOf(DemoPeople.Contoso, DemoAdministrator.OfDepartment, DemoPeople.LimitedTo);
        await WriteAsync(DemoPeople.Contoso, SeedDocuments.PoliciesArea, [limited], cancellationToken);
        foreach (var person in all.OrderBy(person => person.UserId == DemoPeople.ThreePhones))
        {
            await WriteAsync(person, cancellationToken);
        }
    }

    /// <summary>Writes one user.</summary>
    /// <returns>The user's phones.</returns>
    public async Task<IReadOnlyList<SeededPhone>> WriteAsync(DemoPerson person, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var didKey = PhoneKey.Create(KeyKind.Ed25519);
        var did = person.IsInvited ? null : didKey.Did;
        var enrolled = Enumerable.Range(0, person.Phones).Select(index => Phone(person, index, didKey, now)).ToArray();
        var documents = new SeedDocuments(person, now);
        var keys = enrolled.Select(phone => documents.Key(phone.DeviceId, "device"));
        await Task.WhenAll((did is null ? keys : keys.Append(documents.Key(didKey.DeviceId, "did"))).Select(key => EnterAsync(key, cancellationToken)));
        var all = enrolled.Select(documents.Device)
            .Concat(Enumerable.Range(0, person.Accounts).Select(index => documents.Account(index, did)))
            .Concat(Enumerable.Range(0, did is null ? 0 : 6).Select(
                index => documents.AuthenticationRequest(index, enrolled.FirstOrDefault()?.DeviceId)))
            .Append(documents.User(enrolled, did));
        foreach (var chunk in all.Chunk(BatchSize))
        {
            await WriteAsync(person.TenantId, person.UserId, chunk, cancellationToken);
        }

        return enrolled;
    }

    private async Task EnterAsync(JsonObject key, CancellationToken cancellationToken)
    {
        using var body = Body(key);
        using var response = await owners.CreateItemStreamAsync(body, new PartitionKey((string?)key["id"]), cancellationToken: cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task WriteAsync(string tenantId, string userId, JsonObject[] documents, CancellationToken cancellationToken)
    {
        var batch = container.CreateTransactionalBatch(Key(tenantId, userId));
        foreach (var document in documents)
        {
            batch.UpsertItemStream(Body(document));
        }

        using var response = await batch.ExecuteAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"Seeding {userId} failed with {(int)response.StatusCode}: {response.ErrorMessage}");
        }
    }

    /// <summary>As a stream, because the SDK's serializer does not know JsonObject.</summary>
    private static MemoryStream Body(JsonObject document) => new(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));

    private SeededPhone Phone(DemoPerson person, int index, PhoneKey didKey, DateTimeOffset now)
    {
        var (model, platform, os) = Models[index % Models.Length];
        var facts = new PhoneFacts
        {
            Name = index < Models.Length ? $"{person.GivenName}'s {model}" : $"{person.GivenName}'s {model} {index / Models.Length + 1}",
            Model = model,
            Platform = platform,
            OsVersion = os,
            // Both kinds of keys are in the field.
            DeviceKeyKind = index % 2 == 0 ? KeyKind.P256 : KeyKind.Ed25519,
        };
        return phones.AddEnrolled(facts, new SeedRegistration
        {
            TenantId = person.TenantId,
            UserId = person.UserId,
            Epoch = 1,
            DidKey = didKey,
            RegisteredAt = now.AddDays(-30),
        });
    }

    private static PartitionKey Key(string tenantId, string userId) => new PartitionKeyBuilder().Add(tenantId).Add(userId).Build();
}
