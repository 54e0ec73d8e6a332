using System.Text.Json.Nodes;
using BlokSec.Functions.Scim;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>What the operations of directories do, as Microsoft Entra ID and Okta send them.</summary>
public sealed class ScimPatchTests
{
    private const string Enterprise = ScimSchemas.EnterpriseUrn;

    [Fact]
    public void A_user_of_Entra_is_stored_as_sent_without_what_a_directory_does_not_decide()
    {
        var user = Bo();

        Assert.Equal("""
            {"externalId":"bo","userName":"Bo@contoso.example","active":true,"displayName":"Bo Jensen",
            "addresses":[{"primary":false,"type":"work","country":"Norway","streetAddress":"Karl Johans gate 1"}],
            "emails":[{"primary":true,"type":"work","value":"Bo@contoso.example"}],
            "phoneNumbers":[{"primary":true,"type":"mobile","value":"+47 918 12 345"}],
            "name":{"formatted":"Bo Jensen","familyName":"Jensen","givenName":"Bo"},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"00701","department":"Sales","manager":{"value":"5d48a0a8e9f04aa38008"}}}
            """.ReplaceLineEndings(""), user.ToJsonString(Plain));
    }

    [Theory]
    [InlineData(EntraRequests.Disable, false)]
    [InlineData(EntraRequests.DisableByTheStandard, false)]
    [InlineData(EntraRequests.Enable, true)]
    [InlineData(OktaRequests.Deactivate, false)]
    [InlineData(OktaRequests.Activate, true)]
    public void A_user_is_switched_off_and_on_however_it_is_said(string request, bool active) =>
        Assert.Equal(active, (bool?)Patched(Bo(), request)["active"]);

    [Theory]
    [InlineData(EntraRequests.ChangeMany)]
    [InlineData(EntraRequests.ChangeManyByTheStandard)]
    public void Many_attributes_change_by_many_operations_or_by_one_without_a_path(string request)
    {
        var user = Patched(Bo(), request);

        Assert.Equal(("Bo Jensen-Lund", "Jensen-Lund", "Bo"), ((string?)user["displayName"], (string?)user["name"]!["familyName"], (string?)user["name"]!["givenName"]));
        Assert.Equal("""[{"primary":true,"type":"work","value":"bo.lund@contoso.example"}]""", user["emails"]!.ToJsonString(Plain));
        Assert.Equal("""[{"primary":true,"type":"mobile","value":"+47 918 12 345"},{"type":"work","value":"+47 22 12 34 56"}]""", user["phoneNumbers"]!.ToJsonString(Plain));
        Assert.Equal(("00702", "Marketing"), ((string?)user[Enterprise]!["employeeNumber"], (string?)user[Enterprise]!["department"]));
        Assert.Equal("""[{"primary":false,"type":"work","country":"Norway"}]""", user["addresses"]!.ToJsonString(Plain));
    }

    [Fact]
    public void The_first_address_of_a_user_comes_in_three_operations()
    {
        var user = Bo();
        user.Remove("emails");

        Assert.Equal("""[{"type":"work","value":"first@contoso.example","primary":true}]""", Patched(user, EntraRequests.FirstEmail)["emails"]!.ToJsonString(Plain));
    }

    [Theory]
    [InlineData("Replace", "emails[type eq \"home\"].value", "\"home@example.com\"")]
    [InlineData("add", "Emails[TYPE EQ \"home\"]", "{\"VALUE\":\"home@example.com\"}")]
    [InlineData("add", "emails", "{\"type\":\"home\",\"value\":\"home@example.com\"}")]
    [InlineData("add", "emails", "[{\"type\":\"home\",\"value\":\"home@example.com\"}]")]
    [InlineData("add", "URN:ietf:params:scim:schemas:core:2.0:User:emails", "[{\"type\":\"home\",\"value\":\"home@example.com\"},{\"primary\":true,\"type\":\"work\",\"value\":\"Bo@contoso.example\"}]")]
    public void An_entry_that_is_not_there_is_made(string op, string path, string value) => Assert.Equal(
        """[{"primary":true,"type":"work","value":"Bo@contoso.example"},{"type":"home","value":"home@example.com"}]""",
        Patched(Bo(), Operation(op, path, value))["emails"]!.ToJsonString(Plain));

    [Theory]
    [InlineData("title", "[{\"$ref\":null,\"value\":\"Clerk\"}]")]
    [InlineData("TITLE", "\"Clerk\"")]
    [InlineData(null, "{\"title\":[{\"value\":\"Clerk\"}]}")]
    public void A_single_value_comes_by_itself_or_in_a_list(string? path, string value) =>
        Assert.Equal("Clerk", (string?)Patched(Bo(), Operation("Add", path, value))["title"]);

    [Fact]
    public void An_entry_that_becomes_primary_takes_it_from_the_other()
    {
        var user = Patched(Bo(), Operation("add", "emails", """{"type":"home","value":"h@example.com","primary":"True"}"""));

        Assert.Equal([false, true], user["emails"]!.AsArray().Select(entry => (bool)entry!["primary"]!));
    }

    [Theory]
    [InlineData(EntraRequests.Manager)]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"0a21f0f2"}]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value":"0a21f0f2"}}]}""")]
    public void A_manager_is_read_as_a_text_an_object_or_a_list(string request)
    {
        var manager = Patched(Bo(), request)[Enterprise]!["manager"];

        Assert.Equal("0a21f0f2", (string?)manager!["value"]);
    }

    [Theory]
    [InlineData("Remove", "manager", null)]
    [InlineData("Replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "\"\"")]
    [InlineData("Replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "null")]
    public void A_manager_goes(string op, string path, string? value) =>
        Assert.Null(Patched(Bo(), Operation(op, path, value))[Enterprise]!["manager"]);

    [Theory]
    [InlineData("remove", "emails[type eq \"work\"]", null)]
    [InlineData("remove", "emails[type eq \"work\"].value", null)]
    [InlineData("remove", "emails", null)]
    [InlineData("remove", "emails", "[{\"value\":\"Bo@contoso.example\"}]")]
    [InlineData("replace", "emails", "[]")]
    [InlineData("replace", "emails", "null")]
    public void An_attribute_without_values_is_not_there(string op, string path, string? value) =>
        Assert.False(Patched(Bo(), Operation(op, path, value)).ContainsKey("emails"));

    [Theory]
    [InlineData("remove", "emails[type eq \"other\"]", null)]
    [InlineData("remove", "nickName", null)]
    [InlineData("remove", "emails", "[{\"value\":\"somebody@else.example\"}]")]
    [InlineData("replace", "roles[primary eq \"True\"].value", "\"administrator\"")]
    [InlineData("replace", "password", "\"secret\"")]
    [InlineData("add", null, "{\"unknown\":1,\"id\":\"7\",\"meta\":{\"version\":\"1\"},\"groups\":[{\"value\":\"admins\"}]}")]
    public void What_is_not_there_or_not_decided_by_a_directory_changes_nothing(string op, string? path, string? value) =>
        Assert.Equal(Bo().ToJsonString(), Patched(Bo(), Operation(op, path, value)).ToJsonString());

    [Theory]
    [InlineData("move", "title", "\"x\"", ScimTypes.InvalidSyntax)]
    [InlineData("add", "unknown", "\"x\"", ScimTypes.InvalidPath)]
    [InlineData("add", "urn:ietf:params:scim:schemas:extension:other:2.0:User:title", "\"x\"", ScimTypes.InvalidPath)]
    [InlineData("add", "urn:ietf:params:scim:schemas:core:2.0:User", "{}", ScimTypes.InvalidPath)]
    [InlineData("add", "title[type eq \"work\"]", "\"x\"", ScimTypes.InvalidPath)]
    [InlineData("add", "emails[type eq \"work\"", "\"x\"", ScimTypes.InvalidPath)]
    [InlineData("add", "emails[kind eq \"work\"]", "\"x\"", ScimTypes.InvalidFilter)]
    [InlineData("replace", "emails[value co \"nobody\"].display", "\"x\"", ScimTypes.NoTarget)]
    [InlineData("remove", null, null, ScimTypes.NoTarget)]
    [InlineData("replace", "id", "\"x\"", ScimTypes.Mutability)]
    [InlineData("remove", "userName", null, ScimTypes.Mutability)]
    [InlineData("replace", "meta.version", "\"x\"", ScimTypes.Mutability)]
    [InlineData("replace", "active", "\"no\"", ScimTypes.InvalidValue)]
    [InlineData("replace", "active", "0", ScimTypes.InvalidValue)]
    [InlineData("replace", "title", "7", ScimTypes.InvalidValue)]
    [InlineData("replace", "name", "\"Bo\"", ScimTypes.InvalidValue)]
    [InlineData("replace", "title", null, ScimTypes.InvalidValue)]
    [InlineData("replace", null, "\"x\"", ScimTypes.InvalidValue)]
    [InlineData("replace", "emails", "[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]", ScimTypes.InvalidValue)]
    public void What_cannot_be_done_is_refused_and_changes_nothing(string op, string? path, string? value, string scimType)
    {
        var user = Bo();
        var request = JsonNode.Parse(Operation(op, path, value))!.AsObject();
        request["Operations"]!.AsArray().Insert(0, JsonNode.Parse("""{"op":"add","path":"nickName","value":"Bobo"}"""));

        Assert.Equal(scimType, Assert.Throws<ScimRefusal>(() => ScimPatch.Apply(user, request)).ScimType);
        Assert.Equal(Bo().ToJsonString(), user.ToJsonString());
    }

    [Fact]
    public void A_request_without_operations_changes_nothing_and_one_without_their_list_is_refused()
    {
        Assert.Equal(Bo().ToJsonString(), Patched(Bo(), """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[]}""").ToJsonString());
        Assert.Equal(ScimTypes.InvalidSyntax, Assert.Throws<ScimRefusal>(
            () => Patched(Bo(), """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}""")).ScimType);
        Assert.Equal(ScimTypes.InvalidSyntax, Assert.Throws<ScimRefusal>(() => Patched(Bo(), """{"Operations":[]}""")).ScimType);
    }

    [Fact]
    public void I14_operations_and_values_are_bounded()
    {
        var operation = """{"op":"add","path":"title","value":"x"}""";
        Assert.Throws<ScimRefusal>(() => Patched(Bo(), Request(Enumerable.Repeat(operation, ScimPatch.MaxOperations + 1))));
        Assert.Throws<ScimRefusal>(() => Patched(Bo(), Request(Enumerable.Range(0, ScimValues.MaxValues + 1).Select(
            number => $$"""{"op":"add","path":"emails","value":[{"value":"{{number}}@contoso.example"}]}"""))));
        Assert.Equal("x", (string?)Patched(Bo(), Request(Enumerable.Repeat(operation, ScimPatch.MaxOperations)))["title"]);
    }

    [Theory]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":""}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":" "}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":["a"]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":null}""")]
    public void A_user_has_a_name(string sent) =>
        Assert.Equal(ScimTypes.InvalidValue, Assert.Throws<ScimRefusal>(() => ScimResource.Read(Parsed(sent))).ScimType);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"userName":"a","userName":"b"}""")]
    [InlineData("""{"userName":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]""")]
    public void What_is_no_message_is_refused(string body) => Assert.Equal(ScimTypes.InvalidSyntax, Assert.Throws<ScimRefusal>(() => Parsed(body)).ScimType);

    [Fact]
    public void I14_a_user_is_bounded()
    {
        var user = Parsed(EntraRequests.Create("bo", "bo"));
        user["title"] = new string('x', ScimResource.MaxBytes);
        Assert.Equal(ScimTypes.InvalidValue, Assert.Throws<ScimRefusal>(() => ScimResource.Read(user)).ScimType);
    }

    internal static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static JsonObject Bo() => ScimResource.Read(Parsed(EntraRequests.Create("Bo@contoso.example", "bo")));

    internal static JsonObject Parsed(string body) => ScimResource.Parse(System.Text.Encoding.UTF8.GetBytes(body));

    internal static JsonObject Patched(JsonObject user, string request) => ScimPatch.Apply(user, Parsed(request));

    internal static string Operation(string op, string? path, string? value)
    {
        var operation = new JsonObject { ["op"] = op };
        if (path is not null)
        {
            operation["path"] = path;
        }

        if (value is not null)
        {
            operation["value"] = JsonNode.Parse(value);
        }

        return Request([operation.ToJsonString(Plain)]);
    }

    internal static string Request(IEnumerable<string> operations) =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{string.Join(',', operations)}}]}""";
}
