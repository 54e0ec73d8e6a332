using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Messaging;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Runs queue functions. What the host understands is a return, which completes the message, and an exception, which gives it back at
/// once, until it is dead-lettered: <see cref="QueueInvocation"/> makes one of the two of a function's <see cref="Outcome"/>.
/// </summary>
internal sealed class QueueFunctions(QueueInvocation invocation) : IFunctionsWorkerMiddleware
{
    public const string Binding = "serviceBusTrigger";

    private static readonly MethodInfo Run =
        typeof(QueueFunctions).GetMethod(nameof(RunAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly ConcurrentDictionary<string, Runner> runners = new(StringComparer.Ordinal);

    private delegate Task Runner(FunctionContext context, Delivery delivery);

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var binding = context.FunctionDefinition.InputBindings.Values.First(found => found.Type == Binding);
        var body = (await context.BindInputAsync<string>(binding)).Value;
        await runners.GetOrAdd(context.FunctionDefinition.Id, static (_, state) => state.This.RunnerOf(state.Function), (This: this, Function: context.FunctionDefinition))(
            context, DeliveryOf(context, body));
    }

    private Runner RunnerOf(FunctionDefinition function)
    {
        var message = FunctionMethods.Of(function).GetParameters()
            .Single(parameter => parameter.IsDefined(typeof(ServiceBusTriggerAttribute))).ParameterType;
        return Run.MakeGenericMethod(message).CreateDelegate<Runner>(this);
    }

    private Task RunAsync<TMessage>(FunctionContext context, Delivery delivery)
        where TMessage : QueueMessage
    {
        var method = FunctionMethods.Of(context.FunctionDefinition);
        var function = (IQueueFunction<TMessage>)ActivatorUtilities.CreateInstance(context.InstanceServices, method.DeclaringType!);
        var queue = FunctionMethods.TriggerOf<ServiceBusTriggerAttribute>(method)!.QueueName;
        return invocation.RunAsync(context.FunctionDefinition.Name, queue, delivery, function, context.CancellationToken);
    }

    /// <summary>
    /// What the host passes beside the body. Members of a JSON body stand among it and may replace it, so nothing but effort may depend on it.
    /// </summary>
    private static Delivery DeliveryOf(FunctionContext context, string? body)
    {
        return new Delivery(
            body,
            Text("MessageId"),
            int.TryParse(Text("DeliveryCount"), CultureInfo.InvariantCulture, out var count) ? count : 1,
            context.TraceContext.TraceParent,
            SentBy(Text("ApplicationProperties")));

        string? Text(string name) => context.BindingContext.BindingData.GetValueOrDefault(name)?.ToString()?.Trim('"');
    }

    private static string? SentBy(string? applicationProperties)
    {
        try
        {
            var carried = applicationProperties is null ? null : (string?)JsonNode.Parse(applicationProperties)?[MessageSpans.Carrier];
            return ActivityContext.TryParse(carried, null, out _) ? carried : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>A message as it was delivered.</summary>
/// <param name="Body">The body; null when there was none.</param>
/// <param name="MessageId">The message's id; null when the host named none.</param>
/// <param name="Count">How often the message was delivered, from 1.</param>
/// <param name="TraceParent">The W3C trace context that the host continues.</param>
/// <param name="SentBy">The W3C trace context that the message carries.</param>
internal sealed record Delivery(string? Body, string? MessageId, int Count, string? TraceParent, string? SentBy)
{
    /// <summary>The message, or null when the body is no JSON object of this form.</summary>
    public T? Read<T>()
        where T : class
    {
        try
        {
            return Body is null ? null : JsonSerializer.Deserialize<T>(Body, Json.Documents);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
