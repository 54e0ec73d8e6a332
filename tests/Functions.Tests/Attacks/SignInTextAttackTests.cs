using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.SignIns;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Every text that an application can set is a text: on the phone, in the console's answers and in the spreadsheet.</summary>
public sealed class SignInTextAttackTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static readonly string[] Forged = ["Toronto\u202eecnarF", "a\u2066b", "a\u200bb", "a\0b", "\u3164", " ", new('x', 201), "a" + new string('\u0301', 900)];

    public static MatrixTheoryData<string, int> ForgedTexts => new(["binding_message", "country", "city", "user_agent"], Enumerable.Range(0, Forged.Length));

    private TestCloud Test => fixture.Cloud;

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")")]
    [InlineData("@SUM(1+9)*cmd|' /C calc'!A0")]
    [InlineData("-2+3,\"a\";b")]
    [InlineData("{{7*7}} ${7*7} %0d%0aSet-Cookie: a=b")]
    [InlineData("'; DROP TABLE c; --")]
    [InlineData("javascript:alert(1)")]
    public async Task A_hostile_text_is_a_text_wherever_it_is_shown(string hostile)
    {
        var user = await Test.NewUserAsync();
        await Test.ForgetSignInsAsync(user);
        using var application = Test.Application();
        await application.AskAsync(
            new AuthenticationRequest
            {
                LoginHint = Hint(user),
                BindingMessage = hostile,
                Country = hostile,
                City = hostile,
                UserAgent = hostile,
                IpAddress = "2001:db8::1",
            },
            Stop);

        var shown = await ShownAsync(user.Phones[0]);
        Assert.Equal((hostile, hostile, hostile, hostile), (shown.BindingMessage, shown.Country, shown.City, shown.UserAgent));

        using var answer = await Test.Admin().Http.GetAsync(
            new Uri($"users/{user.UserId}/authentication-requests/{shown.RequestId}", UriKind.Relative), Stop);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        var record = System.Text.Json.JsonSerializer.Deserialize<AuthenticationRequestRecord>(text, Local.Demo.AdminClient.Json)!;
        Assert.Equal((hostile, hostile, hostile, hostile), (record.BindingMessage, record.Request.Country, record.Request.City, record.UserAgent));

        var csv = await Test.Admin().Http.GetStringAsync(new Uri($"users/{user.UserId}/authentication-requests.csv", UriKind.Relative), Stop);
        var rows = Rows(csv);
        Assert.Equal(2, rows.Count);
        foreach (var column in (string[])["bindingMessage", "country", "city", "userAgent"])
        {
            var cell = rows[1][rows[0].IndexOf(column)];
            Assert.DoesNotContain(cell[0], "=+-@\t\r");
            Assert.Equal(hostile, cell.StartsWith('\'') && hostile[0] != '\'' ? cell[1..] : cell);
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("' OR true --")]
    [InlineData("\") OR (\"1\" = \"1")]
    [InlineData("../../users/{0}")]
    [InlineData("{0}' OR c.userId = '{0}")]
    public async Task A_hostile_hint_names_nobody(string hint)
    {
        var user = await Test.NewUserAsync();
        await Test.ForgetSignInsAsync(user);
        using var application = Test.Application();

        var asked = await application.AskAsync(
            new AuthenticationRequest { LoginHint = string.Format(System.Globalization.CultureInfo.InvariantCulture, hint, user.UserId) }, Stop);

        Assert.Equal(SignInPush.NotPossible, asked.Push);
        Assert.Empty(await Test.DocumentsAsync(user, "c.type = 'authenticationRequest'"));
    }

    [Theory]
    [MemberData(nameof(ForgedTexts))]
    public async Task A_text_that_would_change_how_others_look_is_refused_with_its_field(string field, int forged)
    {
        var user = await Test.NewUserAsync();
        await Test.ForgetSignInsAsync(user);
        using var application = Test.Application();

        using var response = await application.AskRawAsync(new JsonObject { ["login_hint"] = Hint(user), [field] = Forged[forged] }, Stop);

        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        Assert.Equal((400, ProblemCodes.InvalidRequest), ((int)response.StatusCode, problem["code"]!.GetValue<string>()));
        Assert.NotNull(problem["errors"]![field]);
        Assert.Empty(await Test.DocumentsAsync(user, "c.type = 'authenticationRequest'"));
    }

    /// <summary>Reads CSV (RFC 4180).</summary>
    private static List<List<string>> Rows(string csv)
    {
        var rows = new List<List<string>> { new() };
        var (cell, isQuoted) = (new StringBuilder(), false);
        for (var index = 0; index < csv.Length; index++)
        {
            switch (csv[index])
            {
                case '"' when isQuoted && index + 1 < csv.Length && csv[index + 1] == '"':
                    cell.Append('"');
                    index++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' or '\r' when !isQuoted:
                    rows[^1].Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\n' when !isQuoted:
                    rows.Add([]);
                    break;
                default:
                    cell.Append(csv[index]);
                    break;
            }
        }

        rows.RemoveAt(rows.Count - 1);
        return rows;
    }
}
