using System.Diagnostics;
using System.Reflection;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Tests.Publishing;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Hosting;

/// <summary>What the published app says when it is started with settings that cannot work.</summary>
public sealed class SettingsReportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_missing_setting_is_said_once_by_the_name_that_one_sets()
    {
        var (code, lines) = await RunAsync([]);

        Assert.Equal(1, code);
        Assert.Equal(
            [
                "The function app cannot start. Settings that are missing or wrong: 8.",
                "  Api__PublicUrl is missing.",
                "  Auth__Audience is missing.",
                "  Auth__Authority is missing.",
                "  Cosmos__Endpoint is missing.",
                "  Security__Claims__Key is missing.",
                "  Security__Events__SigningKey is missing.",
                "  Security__Statements__SigningKey is missing.",
                "  ServiceBus__FullyQualifiedNamespace is missing.",
            ],
            lines);
    }

    [Fact]
    public async Task Everything_that_is_of_a_wrong_form_is_said_at_once_and_no_value_is_shown()
    {
        const string value = "s3cret";
        var (code, lines) = await RunAsync(new()
        {
            ["AZURE_CLIENT_ID"] = value,
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = value,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = value,
            ["Api__PublicUrl"] = value,
            ["Auth__Audience"] = "api",
            ["Auth__Authority"] = "http://login.example.com",
            ["Claims__AppHost"] = "a b",
            ["Claims__MaxFailedAttempts"] = "many",
            ["Cosmos__Endpoint"] = "abc",
            ["Cosmos__Key"] = "no-base64",
            ["Push__Apns__KeyId"] = "K",
            ["Push__Apns__PrivateKey"] = value,
            ["Push__Fcm__ServiceAccount"] = value,
            ["Push__InFlight"] = "0",
            ["RateLimits__DevicePerMinute"] = "-1",
            ["Resume__RunningSeconds"] = "soon",
            ["Security__Claims__Key"] = value,
            ["Security__Claims__PreviousKeys__0"] = value,
            ["Security__Events__PreviousKeys__0"] = value,
            ["Security__Events__SigningKey"] = value,
            ["Security__Statements__PreviousKeys__0"] = value,
            ["Security__Statements__SigningKey"] = value,
            ["ServiceBus"] = value,
            ["ServiceBus__SendTimeoutSeconds"] = "0",
        });

        Assert.Equal(1, code);
        Assert.Equal(
            [
                "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID", "Api__PublicUrl", "Auth__Authority", "Claims__AppHost",
                "Claims__MaxFailedAttempts", "Cosmos__Endpoint", "Cosmos__Key",
                "OTEL_EXPORTER_OTLP_ENDPOINT", "Push__Apns__PrivateKey", "Push__Apns__TeamId", "Push__Apns__Topic",
                "Push__Fcm__ServiceAccount", "Push__InFlight", "RateLimits__DevicePerMinute", "Resume__RunningSeconds",
                "Security__Claims__Key", "Security__Claims__PreviousKeys", "Security__Events__PreviousKeys",
                "Security__Events__SigningKey", "Security__Statements__PreviousKeys",
                "Security__Statements__SigningKey", "ServiceBus", "ServiceBus__SendTimeoutSeconds",
            ],
            lines.Skip(1).Select(line => line.Trim().Split(' ')[0]));
        Assert.All(lines, line => Assert.DoesNotContain(value, line, StringComparison.Ordinal));
        Assert.Contains("  Claims__MaxFailedAttempts must be a whole number.", lines);
        Assert.Contains("  Cosmos__Endpoint must be an absolute https address; http is allowed on loopback only.", lines);
        Assert.Contains("  Push__InFlight must be between 1 and 1000.", lines);
    }

    [Fact]
    public void Every_options_class_is_validated_and_names_its_section() => Assert.All(
        typeof(SettingsReport).Assembly.GetTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)),
        type => Assert.True(
            HasSection(type) == HasValidator(type),
            $"{type.Name} needs both a constant Section and an IValidateOptions."));

    /// <summary>Options that are a part of others have neither.</summary>
    private static bool HasSection(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is not null;

    private static bool HasValidator(Type type) =>
        type.Assembly.GetTypes().Any(validator => validator.IsAssignableTo(typeof(IValidateOptions<>).MakeGenericType(type)));

    private static async Task<(int Code, string[] Lines)> RunAsync(Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(await PublishedApp.FolderAsync(), "BlokSec.Functions.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var app = Process.Start(start)!;
        var output = app.StandardOutput.ReadToEndAsync(Stop);
        var errors = await app.StandardError.ReadToEndAsync(Stop);
        Assert.Empty(await output);
        await app.WaitForExitAsync(Stop);
        return (app.ExitCode, errors.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
