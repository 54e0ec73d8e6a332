using System.Net;
using System.Net.Http.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Users;

public sealed class EnterExistingNamesTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_address_of_a_user_who_is_older_than_the_registry_is_nobody_elses()
    {
        var test = fixture.Cloud;
        var (user, twin) = (await test.NewUserAsync(phones: 0), await test.NewUserAsync(phones: 0));
        var email = (await test.Admin().UserAsync(user.UserId, Stop)).Email;
        await test.PatchAsync(twin, UserDocument.DocumentId, PatchOperation.Set("/email", email.ToUpperInvariant()));

        Assert.True(await test.Cloud.Host.RunTimerAsync("EnterExistingNames"));
        Assert.True(await test.Cloud.Host.RunTimerAsync("EnterExistingNames"));

        using var invited = await test.Admin().Http.PostAsJsonAsync(
            new Uri("users", UriKind.Relative), new InviteUserRequest("Ada", "Byron", email), Stop);
        Assert.Equal(HttpStatusCode.Conflict, invited.StatusCode);
        var documents = new[] { await UserAsync(test, user), await UserAsync(test, twin) };
        Assert.All(documents, document => Assert.NotNull(document.UserNameKey));
        Assert.Single(documents, document => document.EmailKey == FoldedNames.Fold(email));
        Assert.Single(documents, document => document is { SharesEmail: true, EmailKey: null });
    }

    private static async Task<UserDocument> UserAsync(TestCloud test, TestUser user) =>
        (await test.AllAsync<UserDocument>(user, UserDocument.DocumentType)).Single();
}
