using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Functions.Http;
using BlokSec.Functions.Limits;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;

namespace BlokSec.Functions.Hosting;

/// <summary>Runs the app as an isolated worker of the Azure Functions host.</summary>
internal static class FunctionsWorker
{
    /// <summary>The host starts a worker again that ends; what is wrong stands in its log.</summary>
    private const int CannotStart = 1;

    public static void AddFunctionsWorker(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.Services.AddFunctionRoutes();
        builder.UseMiddleware<InvocationMeasures>();
        builder.UseWhen<QueueFunctions>(context => IsStartedBy(context, QueueFunctions.Binding));
        builder.UseWhen<TimerFunctions>(context => IsStartedBy(context, TimerFunctions.Binding));
        builder.UseMiddleware<HttpFunctions>();

        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(new SettingsReport(builder.Services, builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<UnsentMessages>();
        builder.Services.AddHostedService(services => services.GetRequiredService<UnsentMessages>());
        builder.Services.AddSingleton<Rescheduling>();
        builder.Services.AddSingleton<QueueInvocation>();
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddRequestTimeouts();
        builder.Services.AddCallParameter(IdempotencyKey.Of);
        builder.Services.AddCallParameter(PreferredWait.Of);
        builder.AddRateLimits();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            Json.Configure(options.SerializerOptions);
            options.SerializerOptions.TypeInfoResolver = options.SerializerOptions.TypeInfoResolver!.WithAddedModifier(DisplayTexts.Normalize);
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
            options.SerializerOptions.MaxDepth = RequestLimits.MaxJsonDepth;
        });
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.MaxBodyBytes;
        });

        // The worker's integration believes what is forwarded, and takes it out of the headers; ClientAddress knows how far to believe it.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.None);
    }

    /// <summary>Serves until stopped.</summary>
    /// <returns>The exit code: 0 only when it was asked to end.</returns>
    public static async Task<int> RunFunctionsAsync(this IHost app)
    {
        if (app.Services.GetRequiredService<SettingsReport>().Faults(app.Services) is { Count: > 0 } faults)
        {
            await Console.Error.WriteLineAsync($"The function app cannot start. Settings that are missing or wrong: {faults.Count}.");
            foreach (var fault in faults)
            {
                await Console.Error.WriteLineAsync($"  {fault}");
            }

            return CannotStart;
        }

        await app.RunAsync();
        return 0;
    }

    private static bool IsStartedBy(FunctionContext context, string trigger) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == trigger);
}
