using System.Collections.Concurrent;
using System.Reflection;

namespace BlokSec.Functions.Hosting;

/// <summary>The methods of this assembly that are functions, with what their attributes say.</summary>
internal static class FunctionMethods
{
    private static readonly ConcurrentDictionary<string, MethodInfo> Known = new(StringComparer.Ordinal);

    /// <summary>The method that the worker names as <c>Namespace.Class.Method</c>. Only this one is looked at: a start looks at none.</summary>
    public static MethodInfo Of(FunctionDefinition function) => Known.GetOrAdd(function.EntryPoint, static entryPoint =>
    {
        var dot = entryPoint.LastIndexOf('.');
        return typeof(FunctionMethods).Assembly.GetType(entryPoint[..dot], throwOnError: true)!.GetMethod(entryPoint[(dot + 1)..])
            ?? throw new InvalidOperationException($"There is no {entryPoint}.");
    });

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<MethodInfo> All() =>
    [
        .. typeof(FunctionMethods).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .OrderBy(NameOf, StringComparer.Ordinal),
    ];

    /// <summary>The function's name.</summary>
    public static string NameOf(MethodInfo function) => function.GetCustomAttribute<FunctionAttribute>()!.Name;

    /// <summary>The trigger of this kind; null when another one starts the function.</summary>
    public static TTrigger? TriggerOf<TTrigger>(MethodInfo function)
        where TTrigger : Attribute =>
        function.GetParameters().Select(parameter => parameter.GetCustomAttribute<TTrigger>()).FirstOrDefault(trigger => trigger is not null);
}
