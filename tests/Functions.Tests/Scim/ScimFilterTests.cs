using BlokSec.Functions.Scim;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>What filters mean.</summary>
public sealed class ScimFilterTests
{
    [Theory]
    [InlineData("userName eq \"bo@CONTOSO.example\"")]
    [InlineData("USERNAME EQ \"bo@contoso.example\"")]
    [InlineData("userName eq bo@contoso.example")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"bo@contoso.example\"")]
    [InlineData("externalId eq \"bo\"")]
    [InlineData("active eq true")]
    [InlineData("active eq \"True\"")]
    [InlineData("active eq True")]
    [InlineData("emails[type eq \"work\"].value eq \"bo@contoso.example\"")]
    [InlineData("emails[type eq \"work\" and value eq \"bo@contoso.example\"]")]
    [InlineData("emails.value eq \"bo@contoso.example\"")]
    [InlineData("emails eq \"bo@contoso.example\"")]
    [InlineData("emails[not (type eq \"home\")]")]
    [InlineData("name.familyName sw \"jen\" and name.familyName ew \"SEN\" and name.familyName co \"nse\"")]
    [InlineData("name.familyName ne \"Lund\"")]
    [InlineData("name.familyName gt \"Jansen\" and name.familyName lt \"Lund\"")]
    [InlineData("name.familyName ge \"jensen\" and name.familyName le \"JENSEN\"")]
    [InlineData("title eq null")]
    [InlineData("not (title pr)")]
    [InlineData("not(title pr) and displayName pr")]
    [InlineData("title eq \"x\" or userName sw \"bo\"")]
    [InlineData("active eq true or title eq \"x\" and title eq \"y\"")]
    [InlineData("(active eq false or title pr) or (displayName pr)")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq \"00701\"")]
    [InlineData("manager eq 5d48a0a8e9f04aa38008")]
    [InlineData("emails.primary eq true")]
    [InlineData("  userName   pr  ")]
    [InlineData("displayName eq \"Bo \\u004Aensen\"")]
    public void It_is_met(string filter) => Assert.True(ScimFilterParser.Parse(filter).IsMetBy(ScimPatchTests.Bo()), filter);

    [Theory]
    [InlineData("externalId eq \"BO\"")]
    [InlineData("active eq false")]
    [InlineData("emails[type eq \"home\" and value eq \"bo@contoso.example\"]")]
    [InlineData("userName ne \"BO@contoso.example\"")]
    [InlineData("emails ne \"bo@contoso.example\"")]
    [InlineData("(active eq true or title eq \"x\") and title eq \"y\"")]
    [InlineData("title co \"\"")]
    [InlineData("title gt \"a\"")]
    [InlineData("title pr")]
    [InlineData("nickName ne null")]
    [InlineData("meta.created gt \"2020-01-01T00:00:00Z\"")]
    public void It_is_not_met(string filter) => Assert.False(ScimFilterParser.Parse(filter).IsMetBy(ScimPatchTests.Bo()), filter);

    [Theory]
    [InlineData("")]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq \"open")]
    [InlineData("userName eq \"open\\\"")]
    [InlineData("userName is \"x\"")]
    [InlineData("userName 0 \"x\"")]
    [InlineData("userName eq \"x\" and")]
    [InlineData("userName eq \"x\" nor active eq true")]
    [InlineData("userName eq \"x\") or (1 eq 1")]
    [InlineData("(userName eq \"x\"")]
    [InlineData("unknown eq \"x\"")]
    [InlineData("password sw \"a\"")]
    [InlineData("roles eq \"administrator\"")]
    [InlineData("name eq \"x\"")]
    [InlineData("active gt true")]
    [InlineData("active eq \"maybe\"")]
    [InlineData("active co \"ru\"")]
    [InlineData("title gt null")]
    [InlineData("meta.created gt \"yesterday\"")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[type eq \"work\"]]")]
    [InlineData("emails[emails[type eq \"work\"]]")]
    [InlineData("userName[type eq \"work\"]")]
    [InlineData("emails[userName eq \"x\"]")]
    [InlineData("userName eq \"\\ud800\"")]
    [InlineData("userName eq \"\\x\"")]
    public void It_is_refused(string filter) =>
        Assert.Equal((400, ScimTypes.InvalidFilter), Assert.Throws<ScimRefusal>(() => ScimFilterParser.Parse(filter)) is var refusal ? (refusal.StatusCode, refusal.ScimType) : default);

    [Fact]
    public void I14_depth_length_and_terms_are_bounded()
    {
        const string term = "userName eq \"x\"";
        Assert.Throws<ScimRefusal>(() => ScimFilterParser.Parse($"userName eq \"{new string('x', ScimFilterParser.MaxLength)}\""));
        Assert.Throws<ScimRefusal>(() => ScimFilterParser.Parse(string.Join(" or ", Enumerable.Repeat(term, ScimFilterParser.MaxTerms + 1))));
        Assert.Throws<ScimRefusal>(() => ScimFilterParser.Parse(Nested(ScimFilterParser.MaxDepth + 1)));
        Assert.NotNull(ScimFilterParser.Parse(string.Join(" or ", Enumerable.Repeat(term, ScimFilterParser.MaxTerms))));
        Assert.NotNull(ScimFilterParser.Parse(Nested(ScimFilterParser.MaxDepth)));

        static string Nested(int depth) => $"{new string('(', depth)}{term}{new string(')', depth)}";
    }
}
