using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using BlokSec.Functions.AuthenticationRequests;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BlokSec.Infra.Tests;

/// <summary>The settings that the code reads are the settings that the deployment sets.</summary>
public sealed partial class SettingsTests
{
    /// <summary>Read by the Functions host, not by the app.</summary>
    private static readonly string[] OfTheHost =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage:accountName",
        "AzureWebJobsStorage:clientId",
        "AzureWebJobsStorage:credential",
        "ServiceBus:clientId",
        "ServiceBus:credential",
    ];

    /// <summary>Left at their defaults on Azure. A new setting must be set in <c>modules/settings.bicep</c> or be listed here.</summary>
    private static readonly string[] LeftAlone =
    [
        "Administrators:RememberDays",
        "Audit:RetentionDays",
        "AuditRoots:Folder", // For a laptop: on Azure roots are in a container that cannot be changed.
        "AuditStream:EventGridKey", // The managed identity has a role on the topic.
        "Auth:AppRole", // No app calls the API without an administrator.
        "Auth:RoleClaim",
        "Auth:Scope",
        "Bulk:OverdueSeconds",
        "Bulk:UsersPerSecond",
        "Claims:MaxFailedAttempts",
        "Cosmos:Key", // For the emulator only: there are no account keys.
        "Mail:MaxConnections",
        "Mail:MaxPerHour",
        "Mail:RetryDays",
        "Mail:TimeoutSeconds",
        "Policies:RememberSeconds",
        "Push:Apns:ProductionEndpoint",
        "Push:Apns:SandboxEndpoint",
        "Push:CircuitOpenSeconds",
        "Push:Fcm:Endpoint",
        "Push:InFlight",
        "Push:TimeoutSeconds",
        "RateLimits:AddressPerMinute",
        "RateLimits:AdministratorPerMinute",
        "RateLimits:ApplicationPerMinute",
        "RateLimits:DevicePerMinute",
        "RateLimits:ForwardedHops",
        "RateLimits:StrangersPerMinute",
        "RateLimits:UserEnrollmentsPerMinute",
        "RateLimits:UserWritesPerMinute",
        "Resume:LookedAtSeconds",
        "Resume:NotStartedSeconds",
        "Resume:PushOverdueSeconds",
        "Resume:RunningSeconds",
        "ServiceBus:OwnValue", // A connection string, as local systems and emulators have it.
        "ServiceBus:SendTimeoutSeconds",
        "StepUp:AcrClaim",
        "StepUp:AcrValues",
        "StepUp:MaxAgeMinutes",
        "Telemetry:ReadRatio",
        "Signals:AllowLoopback", // For development only.
        "Signals:MaxHeldPolls",
        "Signals:MaxPollSeconds",
        "Signals:MaxRemovedSubjects",
        "Signals:MaxStreams",
        "Signals:MaxStreamsPerReceiver",
        "Signals:MinVerificationSeconds",
        "Signals:NoStreamsSeconds",
        "Signals:OverdueSeconds",
        "Signals:RetentionDays",
        "Signals:RetryDays",
        "Signals:TimeoutSeconds",
        "SignIns:Digits",
        "SignIns:HoldBack",
        "SignIns:MaxHeldPolls",
        "SignIns:MaxPending",
        "SignIns:MaxUnanswered",
        "SignIns:MaxWrongNumbers",
        "SignIns:PollInterval",
        "SignIns:Window",
    ];

    [Fact]
    public void Polls_that_wait_leave_room_for_other_calls_of_the_same_instance() => Assert.InRange(
        Deployment.Large.Single("Microsoft.Web/sites").Get<int>("properties.functionAppConfig.scaleAndConcurrency.triggers.http.perInstanceConcurrency"),
        new SignInOptions().MaxHeldPolls * 3 / 2,
        1000);

    [Fact]
    public void Every_setting_that_is_deployed_is_read_by_the_app_or_its_host()
    {
        var read = Options().Select(option => option.Key).Concat(ReadDirectly()).Concat(OfTheHost).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.All(Deployment.Large.AppSettings.Keys, name => Assert.Contains(WithoutNumber(Key(name)), read));
    }

    [Fact]
    public void Every_setting_that_the_app_reads_is_deployed_or_left_at_its_default_on_purpose()
    {
        var deployed = Deployment.Large.AppSettings.Keys.Select(name => WithoutNumber(Key(name)));

        var undecided = Options().Select(option => option.Key).Except(deployed, StringComparer.OrdinalIgnoreCase);

        Assert.All(undecided, key => Assert.Contains(key, LeftAlone));
    }

    [Fact]
    public void Every_setting_without_which_the_app_does_not_start_is_deployed()
    {
        var needed = Options().Where(option => option.Needed).Select(option => option.Key).ToArray();

        Assert.NotEmpty(needed);
        Assert.All(needed, key => Assert.Contains(key, Deployment.Small.AppSettings.Keys.Select(Key), StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void The_app_starts_with_the_settings_that_are_deployed(string size)
    {
        using var app = Built(Resolved(Deployment.Of(size).AppSettings));

        Assert.Empty(app.Services.GetRequiredService<SettingsReport>().Faults(app.Services));
        Assert.NotNull(app.Services.GetRequiredService<IdentityStore>());
    }

    [Fact]
    public void The_app_does_not_start_while_a_reference_into_the_key_vault_is_unresolved()
    {
        var settings = Resolved(Deployment.Small.AppSettings);
        settings["Security__Statements__SigningKey"] = "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/statement-signing-key)";

        using var app = Built(settings);

        Assert.Contains(
            app.Services.GetRequiredService<SettingsReport>().Faults(app.Services),
            fault => fault.StartsWith("Security__Statements__SigningKey", StringComparison.Ordinal));
    }

    [Fact]
    public void I10_A_secret_is_deployed_as_a_reference_into_the_key_vault_only()
    {
        var secrets = Deployment.Large.AppSettings
            .Where(setting => SecretNames().IsMatch(setting.Key) && setting.Key is not "Push__Apns__KeyId")
            .ToArray();

        Assert.Equal(
            [
                "Mail__Password",
                "Push__Apns__PrivateKey",
                "Push__Fcm__ServiceAccount",
                "Security__Claims__Key",
                "Security__Claims__PreviousKeys__0",
                "Security__Claims__PreviousKeys__1",
                "Security__Events__PreviousKeys__0",
                "Security__Events__SigningKey",
                "Security__Statements__PreviousKeys__0",
                "Security__Statements__SigningKey",
            ],
            secrets.Select(secret => secret.Key).Order(StringComparer.Ordinal));
        Assert.All(secrets, secret => Assert.Contains("@Microsoft.KeyVault(SecretUri=", secret.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void No_setting_is_a_connection_string_or_an_account_key()
    {
        Assert.All(Deployment.Large.AppSettings, setting =>
        {
            Assert.DoesNotContain("AccountKey", setting.Value, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("SharedAccess", setting.Value, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("listKeys", setting.Value, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public void Without_Apple_and_Google_nothing_is_said_of_them_so_that_their_pushes_wait()
    {
        Assert.DoesNotContain(Deployment.Small.AppSettings.Keys, name => name.StartsWith("Push__", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_environment_variable_that_azd_hands_in_is_told_to_the_reader()
    {
        var manual = Repository.Read("infra", "README.md");

        Assert.All(
            Variables().Matches(Repository.Read("infra", "main.bicepparam")).Select(match => match.Groups[1].Value).Distinct(),
            name => Assert.Contains($"`{name}`", manual, StringComparison.Ordinal));
    }

    /// <summary>What Azure puts in the place of expressions and references.</summary>
    internal static Dictionary<string, string> Resolved(IReadOnlyDictionary<string, string> settings) => settings.ToDictionary(
        setting => setting.Key,
        setting => setting.Value switch
        {
            var value when value.Contains("'statement-signing-key'", StringComparison.Ordinal) => Pem(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem()),
            var value when value.Contains("'statement-public-key-1'", StringComparison.Ordinal) => Pem(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem()),
            var value when value.Contains("'apns-private-key'", StringComparison.Ordinal) => Pem(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem()),
            var value when value.Contains("'event-signing-key'", StringComparison.Ordinal) => Pem(RSA.Create(2048).ExportPkcs8PrivateKeyPem()),
            var value when value.Contains("'event-public-key-1'", StringComparison.Ordinal) => Pem(RSA.Create(2048).ExportSubjectPublicKeyInfoPem()),
            var value when value.Contains("'claim-key", StringComparison.Ordinal) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            var value when value.Contains("'fcm-service-account'", StringComparison.Ordinal) =>
                """{"project_id":"p","client_email":"e","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----","token_uri":"https://localhost/token"}""",
            var value when value.Contains("outputs.connectionString", StringComparison.Ordinal) => "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://localhost/",
            var value when value.StartsWith('[') && setting.Key == "AZURE_CLIENT_ID" => "00000000-0000-0000-0000-000000000001",
            var value when value.StartsWith('[') && setting.Key.EndsWith("Namespace", StringComparison.Ordinal) => "sb.servicebus.windows.net",
            var value when value.Contains("'mail-password'", StringComparison.Ordinal) => "a password",
            var value when value.StartsWith('[') => "https://localhost/resolved",
            var value => value,
        });

    private static string Pem(string text) => text.ReplaceLineEndings("");

    private static string Key(string name) => name.Replace("__", ":", StringComparison.Ordinal);

    private static string WithoutNumber(string key) => Numbers().Replace(key, "");

    private static IEnumerable<string> ReadDirectly() => Repository.Sources()
        .SelectMany(source => Direct().Matches(source))
        .Select(match => match.Groups[1].Value);

    private static IEnumerable<(string Key, bool Needed)> Options() => typeof(IdentityStore).Assembly.GetTypes()
        .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
        .Where(options => options.Section is not null)
        .SelectMany(options => OptionsOf(options.Type, options.Section!));

    private static IEnumerable<(string Key, bool Needed)> OptionsOf(Type type, string section)
    {
        var defaults = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite || property.PropertyType == typeof(List<string>)))
        {
            var value = property.GetValue(defaults);
            if (property.PropertyType.Assembly == type.Assembly && !property.PropertyType.IsEnum)
            {
                foreach (var nested in OptionsOf(property.PropertyType, $"{section}:{property.Name}"))
                {
                    yield return nested;
                }
            }
            else
            {
                yield return ($"{section}:{property.Name}", property.GetCustomAttribute<RequiredAttribute>() is not null && value is null or "");
            }
        }
    }

    [GeneratedRegex(@"(?:[Cc]onfiguration\[|GetEnvironmentVariable\()""([^""]+)""")]
    private static partial Regex Direct();

    [GeneratedRegex(@":\d+$")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"Key|Secret|Password|ServiceAccount|Token")]
    private static partial Regex SecretNames();

    [GeneratedRegex(@"readEnvironmentVariable\(\s*'([A-Z_]+)'")]
    private static partial Regex Variables();

    /// <summary>The app with the settings that Azure gives it.</summary>
    private static IHost Built(Dictionary<string, string> settings) =>
        Functions.Program.CreateBuilder([.. settings.Select(setting => $"--{Key(setting.Key)}={setting.Value}")]).Build();
}
