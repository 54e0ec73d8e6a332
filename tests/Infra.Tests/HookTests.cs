using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlokSec.Functions.Security;

namespace BlokSec.Infra.Tests;

/// <summary>What azd runs around a deployment. Azure is a stand-in; the scripts are those that are shipped.</summary>
public sealed partial class HookTests
{
    private static readonly (string, string) Registered = ("BLOKSEC_API_CLIENT_ID", "33333333-3333-3333-3333-333333333333");

    [Fact]
    public void The_keys_of_a_first_deployment_are_keys_that_the_app_takes()
    {
        using var shell = new Shell();

        var (exitCode, output) = shell.Run("seed-keys.sh", Registered);

        Assert.True(exitCode == 0, output);
        var statements = new StatementOptions { SigningKey = shell.Secret("statement-signing-key")! };
        Assert.True(new StatementOptions.Validator().Validate(null, statements).Succeeded);
        using var key = ECDsa.Create();
        key.ImportFromPem(statements.SigningKey);
        Assert.Equal(ECCurve.NamedCurves.nistP256.Oid.Value, key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value);
        Assert.True(new EventKeyOptions.Validator().Validate(null, new EventKeyOptions { SigningKey = shell.Secret("event-signing-key")! }).Succeeded);
        Assert.True(new ClaimCodeOptions.Validator().Validate(null, new ClaimCodeOptions { Key = shell.Secret("claim-key")! }).Succeeded);
    }

    [Fact]
    public void I10_No_key_is_printed_passed_as_an_argument_or_left_on_the_disk()
    {
        using var shell = new Shell();
        var apple = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();

        var (_, output) = shell.Run(
            "seed-keys.sh", Registered,
            ("BLOKSEC_APNS_KEY_ID", "KEY1234567"), ("BLOKSEC_APNS_KEY_FILE", shell.Write("apple.p8", apple)),
            ("BLOKSEC_FCM_ENABLED", "true"), ("BLOKSEC_FCM_SERVICE_ACCOUNT_FILE", shell.Write("google.json", "{\n \"private_key\": \"canary\"\n}\n")));

        Assert.All(
            [shell.Secret("statement-signing-key")![30..60], shell.Secret("event-signing-key")![30..60], shell.Secret("claim-key")!, shell.Secret("apns-private-key")![30..60], "canary"],
            secret =>
            {
                Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
                Assert.DoesNotContain(secret, shell.Called, StringComparison.Ordinal);
            });
        Assert.Empty(Directory.EnumerateFileSystemEntries(shell.PathOf("temp")));
    }

    [Fact]
    public void Keys_from_Apple_and_Google_are_stored_as_one_line_each()
    {
        using var shell = new Shell();
        var apple = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();

        shell.Run(
            "seed-keys.sh", Registered,
            ("BLOKSEC_APNS_KEY_ID", "KEY1234567"), ("BLOKSEC_APNS_KEY_FILE", shell.Write("apple.p8", apple)),
            ("BLOKSEC_FCM_ENABLED", "true"), ("BLOKSEC_FCM_SERVICE_ACCOUNT_FILE", shell.Write("google.json", "{\n \"type\": \"service_account\"\n}\n")));

        using var key = ECDsa.Create();
        key.ImportFromPem(shell.Secret("apns-private-key"));
        Assert.Equal("service_account", JsonNode.Parse(shell.Secret("fcm-service-account")!)!["type"]!.GetValue<string>());
        Assert.DoesNotContain('\n', shell.Secret("apns-private-key") + shell.Secret("fcm-service-account"));
    }

    [Fact]
    public void Keys_that_are_there_are_never_replaced()
    {
        using var shell = new Shell();
        shell.Write("secrets/statement-signing-key", "old");
        shell.Write("secrets/claim-key", "old");

        var (exitCode, _) = shell.Run("seed-keys.sh", Registered);

        Assert.Equal(0, exitCode);
        Assert.Equal(("old", "old"), (shell.Secret("statement-signing-key"), shell.Secret("claim-key")));
    }

    [Fact]
    public void A_vault_that_cannot_be_asked_is_not_taken_for_an_empty_one()
    {
        using var shell = new Shell();

        var (exitCode, output) = shell.Run("seed-keys.sh", Registered, ("FAKE_REFUSES", "true"));

        Assert.NotEqual(0, exitCode);
        Assert.Contains("azd hooks run postprovision", output, StringComparison.Ordinal);
        Assert.Null(shell.Secret("statement-signing-key"));
    }

    [Fact]
    public void Every_key_has_a_date_of_expiry_of_which_the_vault_reminds()
    {
        using var shell = new Shell();

        shell.Run("seed-keys.sh", Registered);

        Assert.Equal(3, Regex.Count(shell.Called, @"^--expires\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", RegexOptions.Multiline));
    }

    [Fact]
    public void The_app_is_told_to_look_for_its_keys_and_the_console_may_come_back_from_sign_in()
    {
        using var shell = new Shell();

        shell.Run("seed-keys.sh", Registered, ("BLOKSEC_PORTAL_ORIGINS", "https://admin.example.com"));

        Assert.Contains("/sites/func-test/config/configreferences/appsettings/refresh", shell.Called, StringComparison.Ordinal);
        Assert.Equal(
            [
                "https://console.example.com/authentication/login-callback", "https://console.example.com/authentication/logout-callback",
                "https://admin.example.com/authentication/login-callback", "https://admin.example.com/authentication/logout-callback",
            ],
            JsonNode.Parse(Bodies(shell).Single())!.At("spa.redirectUris").Strings());
    }

    [Fact]
    public void The_vault_is_given_the_secrets_that_the_app_is_pointed_to()
    {
        var named = SecretNames().Matches(string.Concat(Deployment.Large.AppSettings.Values)).Select(match => match.Groups[1].Value)
            .Where(name => !char.IsAsciiDigit(name[^1])).Distinct();
        var script = Repository.Read("infra", "hooks", "seed-keys.sh");

        Assert.All(named, name => Assert.Matches($@"(store|from_file) {name}\b", script));
    }

    [Fact]
    public void The_application_is_registered_once_with_the_roles_that_the_app_asks_for()
    {
        var roles = JsonNode.Parse(Repository.Read("infra", "hooks", "app-roles.json"))!.AsArray()
            .Select(role => (role!["value"]!.GetValue<string>(), role["allowedMemberTypes"]!.AsArray().Single()!.GetValue<string>()));
        var asked = Constants(typeof(AdminPolicies)).Select(role => (role, "User"))
            .Concat(Constants(typeof(ApplicationPolicies)).Select(role => (role, "Application")));
        using var shell = new Shell();

        var (exitCode, output) = shell.Run("register-app.sh", ("BLOKSEC_API_CLIENT_ID", ""));

        Assert.True(exitCode == 0, output);
        Assert.Equal(asked.Order(), roles.Order());
        Assert.Contains("azd env set BLOKSEC_API_CLIENT_ID 33333333-3333-3333-3333-333333333333", shell.Called, StringComparison.Ordinal);
        var bodies = Bodies(shell).Select(body => JsonNode.Parse(body)!).ToArray();
        Assert.Equal(2, bodies[0].At("api.requestedAccessTokenVersion")!.GetValue<int>());
        Assert.Equal(
            bodies[0].At("api.oauth2PermissionScopes.0.id")!.GetValue<string>(),
            bodies[1].At("api.preAuthorizedApplications.0.delegatedPermissionIds.0")!.GetValue<string>());
    }

    private static IEnumerable<string> Constants(Type policies) =>
        policies.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    [Fact]
    public void An_application_that_is_registered_is_left_alone()
    {
        using var shell = new Shell();

        var (exitCode, _) = shell.Run("register-app.sh", Registered, ("BLOKSEC_KEY_OFFICER_ID", "44444444-4444-4444-4444-444444444444"));

        Assert.Equal((0, ""), (exitCode, shell.Called));
    }

    [Fact]
    public void Whoever_deploys_first_may_set_keys_and_the_pipeline_may_not()
    {
        using var person = new Shell();
        using var pipeline = new Shell();

        person.Run("register-app.sh", Registered);
        pipeline.Run("register-app.sh", Registered, ("BLOKSEC_SEED_KEYS", "false"));

        Assert.Contains("azd env set BLOKSEC_KEY_OFFICER_ID 55555555-5555-5555-5555-555555555555", person.Called, StringComparison.Ordinal);
        Assert.Equal("", pipeline.Called);
    }

    [Fact]
    public void The_console_is_told_where_the_API_and_the_sign_in_are()
    {
        using var shell = new Shell();
        shell.Write("out/portal/index.html", "<html></html>");
        shell.Write("out/portal/settings.json.br", "the compressed copy of the settings of a laptop");

        var (exitCode, output) = shell.Run(
            "package-portal.sh", Registered, ("BLOKSEC_PREBUILT", "true"),
            ("BLOKSEC_API_URL", "https://func.azurewebsites.net"), ("BLOKSEC_AUTHORITY", "https://login.microsoftonline.com/2222/v2.0"));

        Assert.True(exitCode == 0, output);
        var settings = JsonNode.Parse(File.ReadAllText(shell.PathOf("out/portal/settings.json")))!;
        Assert.Equal("https://func.azurewebsites.net/api", settings["api"]!.GetValue<string>());
        Assert.Equal("https://login.microsoftonline.com/2222/v2.0", settings.At("auth.authority")!.GetValue<string>());
        Assert.Equal("33333333-3333-3333-3333-333333333333", settings.At("auth.clientId")!.GetValue<string>());
        Assert.Contains("api://33333333-3333-3333-3333-333333333333/access_as_user", settings.At("auth.scope")!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(Names(JsonNode.Parse(Repository.Read("portal", "wwwroot", "settings.json"))!), Names(settings));
        Assert.False(File.Exists(shell.PathOf("out/portal/settings.json.br")));
        Assert.True(File.Exists(shell.PathOf("out/portal/staticwebapp.config.json")));
    }

    private static IEnumerable<string> Bodies(Shell shell) => shell.Called.Split("\n--\n")
        .Where(call => call.Contains("\n--body\n", StringComparison.Ordinal))
        .Select(call => call[(call.IndexOf("\n--body\n", StringComparison.Ordinal) + 8)..])
        .Where(body => body.Contains("\"api\"", StringComparison.Ordinal) || body.Contains("\"spa\"", StringComparison.Ordinal));

    private static string[] Names(JsonNode settings) =>
        [.. settings.AsObject().Select(item => item.Key).Concat(settings["auth"]!.AsObject().Select(item => $"auth.{item.Key}")).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"secrets/\{1\}\)', .*?, '([a-z0-9-]+)'\)\]")]
    private static partial Regex SecretNames();
}
