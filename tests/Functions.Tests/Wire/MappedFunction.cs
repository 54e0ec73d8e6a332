using System.Reflection;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>An HTTP function as it is mapped, found in the app itself, so that none can be forgotten.</summary>
/// <param name="Trigger">Name, method and route.</param>
/// <param name="Handler">Its <c>HandleAsync</c>.</param>
/// <param name="Policy">Who may call; null for everybody.</param>
/// <param name="Body">The contract of its body, if it has one.</param>
internal sealed record MappedFunction(HttpTrigger Trigger, MethodInfo Handler, string? Policy, Type? Body)
{
    /// <summary>The names of all HTTP functions, from the files that the build emitted.</summary>
    public static IEnumerable<string> Names { get; } = [.. Directory
        .GetFiles(LocalFolders.FunctionApp, "function.json", SearchOption.AllDirectories)
        .Where(file => File.ReadAllText(file).Contains("httpTrigger", StringComparison.Ordinal))
        .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!))
        .Order(StringComparer.Ordinal)];

    public HttpMethod Method => HttpMethod.Parse(Trigger.Method);

    public bool IsCalledByApp => Policy == DeviceAuthentication.Policy;

    /// <summary>The ids in its route.</summary>
    public IEnumerable<string> Ids => Trigger.Route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));

    /// <summary>What it takes from the query.</summary>
    public IEnumerable<ParameterInfo> Query => Handler.GetParameters().Where(parameter =>
        (parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(int?))
        && !Ids.Contains(parameter.Name)
        && parameter.GetCustomAttribute<Microsoft.AspNetCore.Mvc.FromHeaderAttribute>() is null);

    public bool TakesIdempotencyKey => Handler.GetParameters().Any(parameter => parameter.ParameterType == typeof(IdempotencyKey));

    public static MappedFunction Of(OpenCloud cloud, string name)
    {
        var endpoint = new DescribedEndpoints(cloud.Test.Services.GetRequiredService<EndpointDataSource>()).Endpoints
            .Single(endpoint => endpoint.Metadata.GetMetadata<HttpTrigger>()?.Function == name);
        return new MappedFunction(
            endpoint.Metadata.GetMetadata<HttpTrigger>()!,
            endpoint.Metadata.GetMetadata<MethodInfo>()!,
            endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy,
            endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType);
    }

    /// <summary>The path of an honest call, with some ids replaced.</summary>
    public string PathOf(TestUser user, string? id = null, string? value = null) => string.Join('/', Trigger.Route.Split('/').Select(part =>
        part == $"{{{id}}}" ? value : part switch
        {
            "{userId}" => user.UserId,
            "{deviceId}" => user.DeviceIds[0],
            "{operationId}" => new string('0', 32),
            _ when part.StartsWith('{') => throw new InvalidOperationException($"What is an honest {part}?"),
            _ => part,
        }));
}
