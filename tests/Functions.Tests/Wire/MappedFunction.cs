using System.Reflection;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Azure.Functions.Worker;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>An HTTP function as its attributes describe it, found in the app itself, so that none can be forgotten.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Route">The route below <c>/api/</c>.</param>
/// <param name="Handler">Its method.</param>
/// <param name="Policy">Who may call; null for everybody.</param>
/// <param name="Body">The contract of its body, if it has one.</param>
internal sealed record MappedFunction(string Name, HttpMethod Method, string Route, MethodInfo Handler, string? Policy, Type? Body)
{
    /// <summary>The names of all HTTP functions, but those of SCIM, which has a wire and a description of its own.</summary>
    public static IEnumerable<string> Names { get; } = [.. FunctionMethods.All()
        .Where(method => FunctionMethods.TriggerOf<HttpTriggerAttribute>(method) is { Route: { } route } && !route.StartsWith("scim/", StringComparison.Ordinal))
        .Select(FunctionMethods.NameOf)];

    /// <summary>All policies there are.</summary>
    public static string?[] Policies { get; } =
    [
        .. new[] { typeof(AdminPolicies), typeof(ApplicationPolicies) }
            .SelectMany(policies => policies.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field.IsLiteral)
            .Select(field => (string?)field.GetRawConstantValue()),
        EventReceivers.Read,
        DeviceAuthentication.Policy,
    ];

    public bool IsCalledByApp => Policy == DeviceAuthentication.Policy;

    public bool IsCalledByApplications => Policy is ApplicationPolicies.AuthenticationRequest or ApplicationPolicies.EventsReceive or EventReceivers.Read;

    /// <summary>Whether it reads its body by itself, because its protocol is not ours.</summary>
    public bool ReadsBody => Handler.GetCustomAttribute<RefusesAttribute>()?.Codes.Contains(Contracts.ProblemCodes.UnsupportedMediaType) == true;

    /// <summary>Whether it reads its body by itself, which is no JSON.</summary>
    public bool ReadsBodyItself => Handler.IsDefined(typeof(Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute));

    /// <summary>The ids in its route.</summary>
    public IEnumerable<string> Ids => IdsOf(Route);

    /// <summary>What it takes from the query.</summary>
    public IEnumerable<ParameterInfo> Query => Handler.GetParameters().Where(parameter =>
        (parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(int?))
        && !Ids.Contains(parameter.Name)
        && parameter.GetCustomAttribute<Microsoft.AspNetCore.Mvc.FromHeaderAttribute>() is null
        && parameter.GetCustomAttribute<Microsoft.AspNetCore.Mvc.FromQueryAttribute>() is null);

    public bool TakesIdempotencyKey => Handler.GetParameters().Any(parameter => parameter.ParameterType == typeof(IdempotencyKey));

    public static MappedFunction Of(OpenCloud cloud, string name) => Of(cloud.Test, name);

    public static MappedFunction Of(TestCloud test, string name)
    {
        var method = FunctionMethods.All().Single(method => FunctionMethods.NameOf(method) == name);
        var metadata = FunctionEndpoint.Described(method, test.Services).Metadata;
        var trigger = FunctionMethods.TriggerOf<HttpTriggerAttribute>(method)!;
        return new MappedFunction(
            name,
            HttpMethod.Parse(trigger.Methods!.Single()),
            trigger.Route!,
            method,
            metadata.GetMetadata<IAuthorizeData>()?.Policy,
            metadata.GetMetadata<IAcceptsMetadata>()?.RequestType);
    }

    /// <summary>The path of an honest call, with some ids replaced.</summary>
    public string PathOf(TestUser user, string? id = null, string? value = null) => string.Join('/', (FunctionRoutes.PathOf(Route) == Route ? $"/{Route}" : Route).Split('/').Select(part =>
        part == $"{{{id}}}" ? value : part switch
        {
            "{userId}" => user.UserId,
            "{deviceId}" => user.DeviceIds[0],
            "{applicationId}" or "{accountId}" => "payroll",
            "{operationId}" or "{requestId}" or "{tokenId}" or "{importId}" or "{bulkOperationId}" or "{approvalId}" => new string('0', 32),
            "{tenantId}" => user.TenantId,
            "{streamId}" => new string('0', 32),
            "{eventId}" => new string('0', 80),
            "{authenticationRequestId}" => new string('A', 166),
            _ when part.StartsWith('{') => throw new InvalidOperationException($"What is an honest {part}?"),
            _ => part,
        }));

    private static IEnumerable<string> IdsOf(string route) =>
        route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
}
