using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BlokSec.Contracts;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>A body that is refused, and how.</summary>
/// <param name="What">What is bad about it.</param>
/// <param name="Bytes">The body.</param>
internal sealed record BadBody(string What, byte[] Bytes)
{
    public string ContentType { get; init; } = "application/json";

    public int Status { get; init; } = 400;

    public string Code { get; init; } = ProblemCodes.InvalidRequest;

    /// <summary>The field that the problem names.</summary>
    public string? Field { get; init; } = "body";

    public static BadBody Of(string what, string text, string field = "body") => new(what, Encoding.UTF8.GetBytes(text)) { Field = field };
}

/// <summary>Makes every kind of bad body out of a good one.</summary>
internal static class BadBodies
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly string Long = new('x', 10_000);

    /// <summary>A whole body of each contract; it need not be agreed to, but it can be read.</summary>
    public static JsonObject Good(Type contract) => (JsonObject)JsonNode.Parse(contract.Name switch
    {
        nameof(RemoveDeviceRequest) => """{"confirmation":"remove device","planHash":"of another time","reason":"lost","lostSince":"2026-01-01T00:00:00Z","immediately":true}""",
        nameof(WithdrawRemovalRequest) => """{"reason":"It was the wrong phone"}""",
        nameof(UnregisterAllDevicesRequest) => """{"confirmation":"unregister all devices","planHash":"of another time","reason":"lost"}""",
        nameof(PlanBulkOperationRequest) =>
            """{"kind":"removeDevices","selection":{"userIds":["one"],"filter":{"search":"one","state":"active","department":"Sales","application":"payroll","push":"receiving","unusedDays":90,"claim":"open","unconfirmedRemoval":true}},"devices":{"platform":"ios","unusedDays":90,"osVersion":"17","appVersion":"4"}}""",
        nameof(StartBulkOperationRequest) => """{"confirmation":"suspend 1 user","planHash":"of another time","reason":"lost"}""",
        nameof(InviteUserRequest) => """{"givenName":"Ada","familyName":"Byron","email":"ada@example.com","mobile":"+14165550134","externalId":"7","department":"Sales","accounts":[{"applicationId":"payroll","accountName":"ada"}]}""",
        nameof(ChangeUserRequest) => """{"givenName":"Ada","familyName":"Byron","email":"ada@example.com","mobile":"+14165550134","externalId":"7","department":"Sales"}""",
        nameof(SuspendUserRequest) => """{"reason":"on leave"}""",
        nameof(ReactivateUserRequest) => """{"reason":"back"}""",
        nameof(DecideApprovalRequest) => """{"approve":true,"note":"We spoke"}""",
        nameof(TenantPolicies) =>
            """{"identityCheck":{"required":true,"ways":["ID card"]},"claims":{"screenMinutes":10,"sentHours":24},"holdMinutes":0,"secondPerson":{"forMany":false,"forAdministrators":false,"withinMinutes":60},"scopes":[{"subject":"one","departments":["Sales"]}]}""",
        nameof(ChangeMailSettingsRequest) => """{"invitations":true}""",
        nameof(ClaimChannelRequest) => """{"claimId":"of-another-time"}""",
        nameof(IdentityCheckRequest) => """{"claimId":"of-another-time","way":"ID card in person","note":"Ticket 4711"}""",
        nameof(CreateProvisioningTokenRequest) => """{"name":"Okta","expiresInDays":30}""",
        nameof(SetActiveDeviceRequest) => """{"deviceId":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}""",
        nameof(CreateApplicationRequest) => """{"name":"Payroll","clientId":"payroll","applicationId":"payroll"}""",
        nameof(EditApplicationRequest) => """{"name":"Payroll","clientId":"payroll"}""",
        nameof(SetApplicationStateRequest) => """{"state":"disabled","reason":"under attack"}""",
        nameof(CreateAccountRequest) => """{"applicationId":"payroll","accountName":"somebody"}""",
        nameof(RemoveAccountsRequest) => """{"confirmation":"remove accounts","applicationId":"payroll","accountIds":["one"],"reason":"moved"}""",
        nameof(StartDepartureRequest) => """{"confirmation":"remove accounts","planHash":"of another time","reason":"left"}""",
        nameof(PushHandleRegistration) => """{"kind":"fcmToken","value":"a-token","environment":"production"}""",
        nameof(RestoreDeviceRequest) => $$"""{"tenantId":"contoso","userId":"u","did":"did:key:z","didProof":"a.b.c","device":{{Device}}}""",
        nameof(RedeemClaimRequest) => $$"""{"tenantId":"contoso","userId":"u","code":"c","did":"did:key:z","didProof":"a.b.c","device":{{Device}}}""",
        nameof(DeviceLossReport) => """{"did":"did:key:z","didProof":"a.b.c"}""",
        nameof(AuthenticationRequest) => """
            {"login_hint":"nobody","binding_message":"Hello","requested_expiry":60,"ip_address":"203.0.113.7","country":"Canada","city":"Toronto","user_agent":"Firefox"}
            """,
        nameof(SetEventStreamStatusRequest) => """{"status":"paused","reason":"We look into it"}""",
        nameof(AuthenticationAnswer) => """{"decision":"accept","number":"123456","deviceSignature":"a.b.c","didSignature":"a.b.c"}""",
        _ => throw new InvalidOperationException($"What is a good {contract.Name}?"),
    })!;

    private const string Device = """
        {"name":"N","model":"M","platform":"ios","osVersion":"1","appVersion":"1","pushHandle":{"kind":"fcmFid","value":"a-token","environment":"production"}}
        """;

    public static IEnumerable<BadBody> Of(Type contract) => [.. OfAnyContract(Good(contract)), .. OfMembers(contract, Good(contract), "")];

    private static IEnumerable<BadBody> OfAnyContract(JsonObject good)
    {
        var text = good.ToJsonString();
        yield return BadBody.Of("empty", "");
        yield return BadBody.Of("blank", "  ");
        yield return BadBody.Of("null", "null");
        yield return BadBody.Of("a list", "[]");
        yield return BadBody.Of("a text", "\"remove device\"");
        yield return BadBody.Of("a number", "1");
        yield return BadBody.Of("no JSON", "confirmation=remove+device") with { Field = null };
        yield return BadBody.Of("cut off", text[..^1]) with { Field = null };
        yield return BadBody.Of("with something behind", $"{text} {{}}") with { Field = null };
        yield return BadBody.Of("with a comment", text.Insert(1, "/* a comment */")) with { Field = null };
        yield return BadBody.Of("with a comma too many", text.Insert(text.Length - 1, ",")) with { Field = null };
        yield return BadBody.Of("with an unknown member", text.Insert(1, "\"surprise\":1,"), "surprise");
        yield return BadBody.Of("with a long unknown member", text.Insert(1, $"\"{Long}\":1,")) with { Field = null };
        yield return BadBody.Of("deep", text.Insert(1, $"\"surprise\":{new string('[', 5000)}{new string(']', 5000)},")) with { Field = null };
        yield return new BadBody("not UTF-8", [.. Encoding.UTF8.GetBytes(text[..^2]), 0xC3, 0x28, .. "\"}"u8]) { Field = null };
        yield return new BadBody("UTF-16", Encoding.Unicode.GetBytes(text)) { Field = null };
        var megabyte = new BadBody("one megabyte", Encoding.UTF8.GetBytes($"{text}{new string(' ', 1024 * 1024)}"))
        {
            Status = 413,
            Code = ProblemCodes.PayloadTooLarge,
            Field = null,
        };
        yield return megabyte;
        foreach (var type in (string[])["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=nonsense", ""])
        {
            yield return BadBody.Of($"of type '{type}'", text) with
            {
                ContentType = type,
                Status = 415,
                Code = ProblemCodes.UnsupportedMediaType,
                Field = null,
            };
        }

    }

    private static bool IsOfConstructor(Type contract, PropertyInfo property) => contract.GetConstructors()
        .SelectMany(constructor => constructor.GetParameters())
        .Any(parameter => parameter.Name == property.Name && !parameter.HasDefaultValue);

    private static IEnumerable<BadBody> OfMembers(Type contract, JsonObject good, string path)
    {
        foreach (var property in contract.GetProperties().Where(property => property.CanWrite))
        {
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var field = path + name;
            var value = good[name] ?? throw new InvalidOperationException($"A good {contract.Name} has a {name}.");
            if (property.GetCustomAttribute<RequiredMemberAttribute>() is not null || IsOfConstructor(contract, property))
            {
                yield return With($"without {field}", null, remove: true);
            }

            if (property.PropertyType is { IsValueType: true } type ? Nullable.GetUnderlyingType(type) is null : Nullability.Create(property).WriteState == NullabilityState.NotNull)
            {
                yield return With($"{field} is null", null);
            }

            var kind = value.GetValueKind();
            foreach (var wrong in (JsonNode[])[
                kind == System.Text.Json.JsonValueKind.Number ? "12" : 12,
                kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False ? "true" : true,
                value is JsonArray ? "list" : new JsonArray(),
                value is JsonObject ? "text" : new JsonObject()])
            {
                yield return With($"{field} is {wrong.ToJsonString()}", wrong);
            }

            if (value is JsonArray)
            {
                yield return With($"{field} has a gap", new JsonArray((JsonNode?)null)) with { Field = $"{field}[0]" };
            }

            yield return Text($"{field} is there twice", good.ToJsonString().Insert(1, $"\"{name}\":{value.ToJsonString()},"), field);
            yield return Text(
                $"{field} in upper case",
                good.ToJsonString().Replace($"\"{name}\":", $"\"{property.Name}\":", StringComparison.Ordinal),
                path + property.Name);
            if (value is JsonObject inner)
            {
                foreach (var bad in OfMembers(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, inner, $"{field}."))
                {
                    var whole = (JsonObject)good.DeepClone();
                    var mark = Guid.NewGuid().ToString();
                    whole[name] = mark;
                    yield return Text(
                        bad.What,
                        whole.ToJsonString().Replace($"\"{mark}\"", Encoding.UTF8.GetString(bad.Bytes), StringComparison.Ordinal),
                        bad.Field!);
                }
            }
            else
            {
                yield return With($"{field} is too long", Long);
            }

            BadBody With(string what, JsonNode? replaced, bool remove = false)
            {
                var changed = (JsonObject)good.DeepClone();
                changed[name] = replaced?.DeepClone();
                if (remove)
                {
                    changed.Remove(name);
                }

                return Text(what, changed.ToJsonString(), field);
            }
        }

        static BadBody Text(string what, string text, string field) => BadBody.Of(what, text, field);
    }
}
