using System.Text.Json.Nodes;
using BlokSec.Functions.Scim;
using CsCheck;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>What holds for all filters and operations. CsCheck prints the seed of what broke it.</summary>
public sealed class ScimPropertyTests
{
    private const int Cases = 3_000;

    private static readonly Gen<string> Values = Gen.OneOf("", "a", "A", "b", "ab", "a\"b", "ü", " ", "\\", "😀");

    private static readonly Gen<string> Terms = Gen.OneOf(
        Gen.Select(Gen.OneOf("userName", "externalId", "title", "name.givenName", "emails.value", "emails", "manager"), Operators, Values)
            .Select((name, comparison, value) => $"{name} {comparison} {JsonValue.Create(value).ToJsonString()}"),
        Gen.OneOf("active eq true", "active ne true", "title pr", "emails pr", "title eq null", "nickName ne null"),
        Gen.Select(Operators, Values).Select((comparison, value) => $"emails[value {comparison} {JsonValue.Create(value).ToJsonString()}]"));

    private static readonly Gen<string> Filters = Gen.Recursive<string>((depth, filter) => depth == 2 ? Terms : Gen.Frequency(
        (3, Terms),
        (1, Gen.Select(filter, filter).Select((left, right) => $"({left} and {right})")),
        (1, Gen.Select(filter, filter).Select((left, right) => $"({left} or {right})")),
        (1, filter.Select(inner => $"not ({inner})"))));

    private static readonly Gen<JsonObject> Users = Gen.Select(
        Values, Values, Gen.Bool, Gen.Select(Gen.OneOf("work", "home"), Values).Array[0, 3]).Select((title, given, active, emails) => new JsonObject
        {
            ["userName"] = $"u{title}",
            ["externalId"] = title,
            ["title"] = title,
            ["active"] = active,
            ["name"] = new JsonObject { ["givenName"] = given },
            ["emails"] = new JsonArray([.. emails.Select(email => new JsonObject { ["type"] = email.Item1, ["value"] = email.Item2 })]),
        });

    private static readonly Gen<string> Operations = Gen.Select(
        Gen.OneOf("add", "Replace", "REMOVE"),
        Gen.OneOf(
            "title", "name.givenName", "name", "emails", "emails[type eq \"work\"]", "emails[type eq \"home\"].value", "emails.display",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "manager", "active", "userName", "id", "unknown", ""),
        Gen.OneOf(
            "null", "\"x\"", "true", "\"False\"", "7", "[]", "{}", "{\"value\":\"v\"}", "[{\"value\":\"v\",\"primary\":true}]", "{\"title\":\"t\",\"name.familyName\":\"f\"}",
            "{\"givenName\":\"g\",\"familyName\":null}", "[[1]]")).Select((op, path, value) => ScimPatchTests.Operation(op, path, value));

    private static Gen<string> Operators => Gen.OneOf("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ", "Co");

    [Fact]
    public void Not_turns_a_filter_around_and_or_are_what_they_say() => Gen.Select(Filters, Filters, Users).Sample(
        (left, right, user) =>
        {
            var (one, other) = (Met(left, user), Met(right, user));
            Assert.Equal(!one, Met($"not ({left})", user));
            Assert.Equal(one && other, Met($"{left} and {right}", user));
            Assert.Equal(one || other, Met($"{left} or {right}", user));
            Assert.Equal((one && other) || one, Met($"{left} and {right} or {left}", user));
        },
        iter: Cases);

    [Fact]
    public void A_filter_means_the_same_in_capitals_and_with_more_blanks() => Gen.Select(Terms, Users).Sample(
        (filter, user) =>
        {
            var parts = filter.Split(' ', 3);
            Assert.Equal(Met(filter, user), Met($"( {parts[0].ToUpperInvariant()}  {parts[1].ToUpperInvariant()}\t{(parts.Length > 2 ? parts[2] : "")} )", user));
        },
        iter: Cases);

    [Fact]
    public void Whatever_comes_as_filter_or_path_is_read_or_refused() => Gen.OneOf(Hostile.Text, Filters.SelectMany(Hostile.Broken)).Sample(
        text =>
        {
            Refused(() => ScimFilterParser.Parse(text));
            Refused(() => ScimFilterParser.TryParsePath(text, out _, out _));
            Refused(() => ScimProjection.Of(text, text));
        },
        iter: Cases);

    [Fact]
    public void A_patch_is_carried_out_whole_or_refused_and_never_touches_what_it_was_given() => Gen.Select(Users, Operations.Array[0, 4]).Sample(
        (user, operations) =>
        {
            var before = user.ToJsonString();
            if (Refused(() => Apply(user, operations)) is { } patched)
            {
                Assert.Equal(patched.ToJsonString(), Apply(user, operations).ToJsonString());
                Assert.False(patched.ContainsKey("id"));
                Assert.True(patched["userName"] is JsonValue);
            }

            Assert.Equal(before, user.ToJsonString());
        },
        iter: Cases);

    [Fact]
    public void An_operation_that_is_sent_again_changes_nothing() => Gen.Select(Users, Operations).Sample(
        (user, operation) =>
        {
            if (Refused(() => Apply(user, [operation])) is { } once)
            {
                Assert.Equal(once.ToJsonString(), Apply(once, [operation]).ToJsonString());
            }
        },
        iter: Cases);

    [Fact]
    public void A_broken_request_is_refused() => Hostile.BrokenJson(EntraRequests.ChangeMany).Sample(
        text => Refused(() => ScimPatch.Apply(ScimPatchTests.Bo(), ScimPatchTests.Parsed(text))),
        iter: Cases);

    [Fact]
    public void A_broken_user_is_refused_or_read_whole() => Hostile.BrokenJson(EntraRequests.Create("bo", "7")).Sample(
        text =>
        {
            if (Refused(() => ScimResource.Read(ScimPatchTests.Parsed(text))) is { } read)
            {
                Assert.Equal(read.ToJsonString(), JsonNode.Parse(read.ToJsonString())!.ToJsonString());
            }
        },
        iter: Cases);

    private static JsonObject Apply(JsonObject user, IEnumerable<string> requests) => ScimPatchTests.Patched(user, ScimPatchTests.Request(
        requests.SelectMany(request => JsonNode.Parse(request)!["Operations"]!.AsArray()).Select(operation => operation!.ToJsonString())));

    private static bool Met(string filter, JsonObject user) => ScimFilterParser.Parse(filter).IsMetBy(user);

    private static T? Refused<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (ScimRefusal)
        {
            return default;
        }
    }
}
