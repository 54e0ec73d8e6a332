using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Users;

public sealed class ListUsersTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Cloud => fixture.Cloud;

    [Theory]
    [InlineData("(416) 555-94", "01")]
    [InlineData("416.555.94", "01")]
    [InlineData("001416555 94", "01")]
    [InlineData("Quispe, ", "Yma")]
    [InlineData("yma\u00a0", "quispe")]
    [InlineData("", "Quíspé")]
    public async Task A_person_is_found_however_the_help_desk_types_it_in_one_request(string begin, string end)
    {
        var user = await NewUserAsync($"yma-quispe-{Guid.NewGuid():N}"[..30]);
        await Cloud.PatchAsync(user, "user", [
            PatchOperation.Set("/mobile", "+14165559401"),
            PatchOperation.Set("/searchText", SearchText.Of("Yma", "Quíspe", "yma@contoso.example", "+14165559401")),
        ]);
        var mark = Cloud.Traffic.Mark;

        var found = await SearchAsync(begin + end);

        // A query of all users.
        Assert.Contains(user.UserId, found);
        Assert.Single(Cloud.Traffic.Since(mark), seen => seen is { StandIn: "cosmos", Operation: "query" } && !seen.Searchable.Contains("[\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_of_a_directory_is_found_by_how_the_user_name_begins()
    {
        var (user, name) = (await NewUserAsync($"directory-{Guid.NewGuid():N}"[..30]), $"k{Guid.NewGuid():N}"[..12]);
        await Cloud.PatchAsync(user, "user", PatchOperation.Set("/userName", $"{name}@CORP"), PatchOperation.Set("/userNameKey", $"{name}@corp"));

        Assert.Equal([user.UserId], await SearchAsync($" {name.ToUpperInvariant()}@c"));
        Assert.Empty(await SearchAsync(name[1..]));
    }

    [Fact]
    public async Task A_user_who_was_stored_in_the_earlier_form_is_found_and_gets_the_new_form_with_the_next_change()
    {
        var user = await NewUserAsync($"old-form-{Guid.NewGuid():N}"[..30]);
        await Cloud.PatchAsync(user, "user", PatchOperation.Set("/familyName", "Zúñiga"), PatchOperation.Set("/searchText", "test zúñiga z@contoso.example"));

        Assert.Contains(user.UserId, await SearchAsync("Zúñiga"));
        Assert.DoesNotContain(user.UserId, await SearchAsync("zuniga"));

        Assert.Equal(201, (await Cloud.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
        Assert.Contains(user.UserId, await SearchAsync("zuniga"));
        Assert.Contains(user.UserId, await SearchAsync("Zúñiga"));
    }

    [Theory]
    [InlineData("---")]
    [InlineData("'")]
    [InlineData("\u200b")]
    public async Task Nothing_but_punctuation_does_not_find_everybody(string typed)
    {
        await NewUserAsync($"anybody-{Guid.NewGuid():N}"[..30]);

        Assert.Empty(await SearchAsync(typed));
    }

    [Theory]
    [InlineData("w6k")] // é
    [InlineData("DQo")] // a line break
    public async Task A_continuation_that_no_header_can_carry_is_the_callers_fault(string continuation)
    {
        var answer = await Cloud.Admin().AskAsync($"users?continuation={continuation}");

        Assert.Equal((400, ProblemCodes.InvalidRequest), (answer.Status, answer.Code));
    }

    private async Task<IReadOnlyList<string>> SearchAsync(string typed) =>
        [.. (await Cloud.Admin().AskAsync($"users?pageSize=200&search={Uri.EscapeDataString(typed)}")).Read<UserList>().Users.Select(user => user.UserId)];

    private async Task<TestUser> NewUserAsync(string userId)
    {
        var person = new DemoPerson(TestCloud.Tenant, userId, "Test", "Person", 2, 1);
        var phones = await new DemoData(Cloud.Cloud.Container, Cloud.Cloud.Owners, Cloud.Cloud.Phones, Cloud.Time).WriteAsync(person, TestContext.Current.CancellationToken);
        return new TestUser(person.TenantId, person.UserId, [.. phones.Select(phone => phone.Phone)], [.. phones.Select(phone => phone.DeviceId)]);
    }
}
