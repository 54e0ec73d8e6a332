using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Finds the step that was forgotten when a function was added. The build asks, as it emits the functions' files, and fails with each
/// sentence; at run time the same would be a misleading 403, a message that is never received or a 500.
/// </summary>
internal static class FunctionChecks
{
    /// <summary>A sentence for each step that is missing.</summary>
    public static IReadOnlyList<string> Faults(IReadOnlyCollection<Endpoint> endpoints, IServiceProviderIsService services)
    {
        var triggers = endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<FunctionTrigger>()).OfType<FunctionTrigger>().ToList();
        var queues = QueuesOfTopology();
        return
        [
            .. endpoints.Where(IsForNobody).Select(endpoint =>
                $"{endpoint.Metadata.GetMetadata<HttpTrigger>()!.Function}: nobody may call it. Where it is mapped, say who may: "
                + ".RequireAuthorization(AdminPolicies.UsersRead), .RequireAuthorization(DeviceAuthentication.Policy) or .AllowAnonymous()."),
            .. triggers.OfType<QueueTrigger>().Where(trigger => !queues.Contains(trigger.Queue)).Select(trigger =>
                $"{trigger.Function}: its queue '{trigger.Queue}' is not in infra/topology.json; add it there, beside {string.Join(", ", queues)}."),
            .. triggers.GroupBy(trigger => trigger.Function).Where(group => group.Count() > 1).Select(group =>
                $"{group.Key}: it is mapped {group.Count()} times."),
            .. triggers.OfType<HttpTrigger>().GroupBy(trigger => (trigger.Method, trigger.Route)).Where(group => group.Count() > 1).Select(group =>
                $"{string.Join(", ", group.Select(trigger => trigger.Function))}: they share {group.Key.Method} {group.Key.Route}."),
            .. FunctionClasses().Where(type => triggers.TrueForAll(trigger => trigger.Function != type.Name)).Select(type =>
                $"{type.Name}: it is not mapped; call {MapCallOf(type)} in the MapX of its slice, and that in Program.cs."),
            .. FunctionClasses().Where(type => triggers.Exists(trigger => trigger.Function == type.Name))
                .SelectMany(type => Unregistered(type, services)),
        ];
    }

    private static bool IsForNobody(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpTrigger>() is not null
        && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
        && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    /// <summary>The classes that are functions by their form.</summary>
    private static IEnumerable<Type> FunctionClasses() => typeof(FunctionChecks).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsNested: false } && HandlerOf(type) is not null);

    private static MethodInfo? HandlerOf(Type type) => type.GetMethod(
        "HandleAsync", BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly);

    private static IEnumerable<string> Unregistered(Type type, IServiceProviderIsService services)
    {
        if (HandlerOf(type)!.IsStatic)
        {
            yield break;
        }

        if (!services.IsService(type))
        {
            yield return $"{type.Name}: it is not registered; add builder.Services.AddSingleton<{type.Name}>() in the AddX of its slice.";
        }

        foreach (var needed in type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Where(parameter => !parameter.IsDefined(typeof(FromKeyedServicesAttribute)) && !parameter.HasDefaultValue)
            .Where(parameter => !services.IsService(parameter.ParameterType)))
        {
            yield return $"{type.Name}: it needs {needed.ParameterType.Name}, which is not registered; add it in the AddX of its slice.";
        }
    }

    private static string MapCallOf(Type type)
    {
        var message = type.GetInterfaces()
            .FirstOrDefault(known => known.IsGenericType && known.GetGenericTypeDefinition() == typeof(IQueueFunction<>))?.GetGenericArguments()[0];
        return message is not null ? $"app.MapQueue<{type.Name}, {message.Name}>(...)"
            : type.IsAssignableTo(typeof(ITimerFunction)) ? $"app.MapTimer<{type.Name}>(...)"
            : $"app.MapHttp<{type.Name}>(...)";
    }

    private static HashSet<string> QueuesOfTopology()
    {
        using var resource = typeof(FunctionChecks).Assembly.GetManifestResourceStream("topology.json")!;
        using var topology = JsonDocument.Parse(resource);
        return [.. topology.RootElement.GetProperty("serviceBus").GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!)];
    }
}
