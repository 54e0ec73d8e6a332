using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Hosting;

/// <summary>Runs the app as a custom handler of the Azure Functions host.</summary>
internal static class CustomHandler
{
    private const string EmitCommand = "emit-functions";

    /// <summary>The host tells the port; it is the only one that may call.</summary>
    public const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>The host starts a handler anew that ends with any code but 0.</summary>
    private const int CannotStart = 1;

    public static void AddFunctionsHost(this WebApplicationBuilder builder)
    {
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(new SettingsReport(builder.Services, builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<QueueInvocation>();
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddRequestTimeouts();
        builder.Services.AddCallParameter(IdempotencyKey.Of);
        builder.Services.AddApiDescription();
        builder.AddRateLimits();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            Json.Configure(options.SerializerOptions);
            options.SerializerOptions.TypeInfoResolver = options.SerializerOptions.TypeInfoResolver!.WithAddedModifier(DisplayTexts.Normalize);
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.MaxDepth = RequestLimits.MaxJsonDepth;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.MaxBodyBytes;
        });
        if (builder.Configuration[PortVariable] is { Length: > 0 } port)
        {
            // Said explicitly, because the handler also inherits the host's own ASPNETCORE_URLS.
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        }
    }

    /// <summary>Who is asked before any function is: errors become problem details, then callers are known or refused, or told to slow down.</summary>
    public static void UseFunctionsHost(this WebApplication app)
    {
        app.UseResponseHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true, ExceptionHandler = _ => Task.CompletedTask });
        app.UseStatusCodePages(RequestBodies.ExplainAsync);
        app.Use(RequestBodies.CheckAsync);
        app.UseRequestTimeouts();
        app.UseStrangerLimits();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimits();
        app.Use(Invocation.ObserveAsync);
    }

    /// <summary>Serves until stopped; or, asked to with <c>emit-functions {folder}</c>, writes the functions' files and ends.</summary>
    /// <returns>The exit code: 0 only when it was asked to end.</returns>
    public static async Task<int> RunFunctionsAsync(this WebApplication app, string[] args)
    {
        if (args is [EmitCommand, var folder])
        {
            return Emit(app, folder);
        }

        // Whoever hosts the app in another process, such as a test, gets the exceptions of the start itself.
        if (Assembly.GetEntryAssembly() == typeof(CustomHandler).Assembly
            && app.Services.GetRequiredService<SettingsReport>().Faults(app.Services) is { Count: > 0 } faults)
        {
            await Console.Error.WriteLineAsync($"The function app cannot start. Settings that are missing or wrong: {faults.Count}.");
            foreach (var fault in faults)
            {
                await Console.Error.WriteLineAsync($"  {fault}");
            }

            return CannotStart;
        }

        // The host asks this until something answers.
        app.MapGet("/", Probed).AllowAnonymous().ExcludeFromDescription();

        // An address that nothing is mapped to would otherwise ask for an access token.
        app.MapFallback("{*path}", Problems.NotFound("address").ExecuteAsync).AllowAnonymous().ExcludeFromDescription();
        await app.RunAsync();
        return 0;
    }

    private static int Emit(WebApplication app, string folder)
    {
        var endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).ToList();
        var faults = FunctionChecks.Faults(endpoints, app.Services.GetRequiredService<IServiceProviderIsService>());
        foreach (var fault in faults)
        {
            // The form that MSBuild reads as an error.
            Console.Error.WriteLine($"functions : error BLOKSEC : {fault}");
        }

        if (faults.Count > 0)
        {
            return CannotStart;
        }

        FunctionJson.Emit(endpoints, folder);
        return 0;
    }

    private static Task Probed(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
