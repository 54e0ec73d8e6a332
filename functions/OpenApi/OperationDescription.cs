using System.Reflection;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace BlokSec.Functions.OpenApi;

/// <summary>
/// Adds to an operation of the OpenAPI document what its kind has in common: who may call, which headers there are, and every
/// problem that its parameters, its policy and its own <see cref="RefusesAttribute"/> can end in.
/// </summary>
internal static class OperationDescription
{
    public const string Administrators = "Administrators";
    public const string App = "App";
    public const string Everybody = "Everybody";
    public const string Applications = "Applications";

    private const string ProblemJson = "application/problem+json";

    public static Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var function = metadata.OfType<MethodInfo>().Single();
        var policy = metadata.OfType<IAuthorizeData>().FirstOrDefault()?.Policy;
        operation.Responses ??= [];
        operation.Tags = new HashSet<OpenApiTagReference>
        {
            new(CallersOf(policy), context.Document),
        };
        if (policy is not null)
        {
            operation.Security = [Security(policy, context.Document!)];
        }

        if (operation.RequestBody is OpenApiRequestBody body)
        {
            // The comments of parameters that the document does not know would end up here.
            body.Description = null;
        }

        if (metadata.OfType<IRequestSizeLimitMetadata>().Any())
        {
            // A function that reads its body by itself.
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { [CsvText.MediaType] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
            };
        }

        Bound(operation);
        AddIdempotencyKey(operation, function);
        AddPreferredWait(operation, function);
        AddProblems(operation, context.Document!, [.. Codes(operation, function, policy)]);
        AddHeaders(operation);
        return Task.CompletedTask;
    }

    private static string CallersOf(string? policy) => policy switch
    {
        null => Everybody,
        DeviceAuthentication.Policy => App,
        _ when IsForApplications(policy) => Applications,
        _ => Administrators,
    };

    private static bool IsForApplications(string? policy) =>
        policy is ApplicationPolicies.AuthenticationRequest or ApplicationPolicies.EventsReceive or EventReceivers.Read;

    private static OpenApiSecurityRequirement Security(string policy, OpenApiDocument document) => policy == DeviceAuthentication.Policy
        ? new() { [new OpenApiSecuritySchemeReference(ApiDescription.DeviceProof, document)] = [] }
        : new() { [new OpenApiSecuritySchemeReference(ApiDescription.Bearer, document)] = [policy] };

    /// <summary>Ids have their form.</summary>
    private static void Bound(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.Name is { } name && RouteIds.Patterns.TryGetValue(name, out var pattern) && parameter.Schema is OpenApiSchema schema)
            {
                schema.Pattern = pattern;
            }
        }
    }

    private static void AddIdempotencyKey(OpenApiOperation operation, MethodInfo function)
    {
        if (function.GetParameters().Any(parameter => parameter.ParameterType == typeof(IdempotencyKey)))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Description = $"The same key gives the same result. {IdempotencyKey.Alias} is understood too.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength },
            });
        }
    }

    private static void AddPreferredWait(OpenApiOperation operation, MethodInfo function)
    {
        if (function.GetParameters().Any(parameter => parameter.ParameterType == typeof(PreferredWait)))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = PreferredWait.Header,
                In = ParameterLocation.Header,
                Description = $"`wait=` and whole seconds: the answer may wait so long, at most {PreferredWait.Most} (RFC 7240). Other preferences are ignored.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = JsonValue.Create($"wait={PreferredWait.Most}"),
            });
            Add(
                operation.Responses!["200"] as OpenApiResponse,
                PreferredWait.AppliedHeader,
                "The wait that was granted, such as `wait=30`: the answer waited for an outcome. Without it the answer came at once.");
        }
    }

    private static IEnumerable<string> Codes(OpenApiOperation operation, MethodInfo function, string? policy)
    {
        if (operation.RequestBody is not null)
        {
            yield return ProblemCodes.PayloadTooLarge;
            yield return ProblemCodes.UnsupportedMediaType;
        }

        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
        {
            yield return ProblemCodes.InvalidRequest;
        }

        switch (policy)
        {
            case null:
                break;
            case DeviceAuthentication.Policy:
                yield return ProblemCodes.ProofInvalid;
                yield return ProblemCodes.ClockSkewed;
                yield return ProblemCodes.PayloadTooLarge;
                yield return ProblemCodes.TooManyRequests;
                yield return ProblemCodes.Unavailable;
                yield return ProblemCodes.ServiceUpdating;
                yield return ProblemCodes.DocumentUnreadable;
                break;
            default:
                yield return ProblemCodes.Unauthenticated;
                yield return ProblemCodes.Forbidden;
                if (AdminPolicies.IsForAdministrators(policy)
                    && !WithinScopeAttribute.Answers(FunctionMethods.TriggerOf<HttpTriggerAttribute>(function)!.Route, function.IsDefined(typeof(WithinScopeAttribute))))
                {
                    yield return ProblemCodes.OutOfScope;
                }

                if (function.IsDefined(typeof(RecentSignInAttribute)))
                {
                    yield return ProblemCodes.InsufficientUserAuthentication;
                }

                if (!IsForApplications(policy))
                {
                    yield return ProblemCodes.InsufficientScope;
                }

                yield return ProblemCodes.TooManyRequests;
                yield return ProblemCodes.Unavailable;
                yield return ProblemCodes.ServiceUpdating;
                yield return ProblemCodes.DocumentUnreadable;
                break;
        }

        yield return ProblemCodes.InternalError;
        foreach (var code in function.GetCustomAttribute<RefusesAttribute>()?.Codes ?? [])
        {
            yield return code;
        }
    }

    private static void AddProblems(OpenApiOperation operation, OpenApiDocument document, string[] codes)
    {
        foreach (var status in codes.Distinct().Select(code => ProblemTypes.All[code]).GroupBy(type => type.Status).OrderBy(group => group.Key))
        {
            operation.Responses![$"{status.Key}"] = new OpenApiResponse
            {
                Description = string.Join('\n', status.Select(type => $"`{type.Code}`: {type.Meaning}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemJson] = new()
                    {
                        Schema = new OpenApiSchemaReference(ApiDescription.Problem, document),
                        Examples = status.ToDictionary(type => type.Code, Example),
                    },
                },
            };
        }
    }

    private static IOpenApiExample Example(ProblemType type)
    {
        var problem = Problems.Details(type.Code, type.Meaning);
        return new OpenApiExample
        {
            Value = new JsonObject
            {
                ["type"] = problem.Type,
                ["title"] = problem.Title,
                ["status"] = problem.Status,
                ["detail"] = problem.Detail,
                ["code"] = type.Code,
            },
        };
    }

    private static void AddHeaders(OpenApiOperation operation)
    {
        var isLongRunning = operation.Responses!.ContainsKey("202") && operation.Tags!.All(tag => tag.Name != Applications);
        foreach (var (status, response) in operation.Responses.Select(pair => (pair.Key, pair.Value as OpenApiResponse)))
        {
            if (isLongRunning && status is "200" or "202")
            {
                Add(response, "Operation-Location", "The operation's address; poll it for the status.");
            }

            if ((isLongRunning && status == "202") || status is "429" or "503")
            {
                Add(response, HeaderNames.RetryAfter, "Seconds after which it is worth asking again.");
            }

            if (status == "401")
            {
                Add(response, HeaderNames.WWWAuthenticate, "How to authenticate.");
            }
        }
    }

    private static void Add(OpenApiResponse? response, string header, string description)
    {
        if (response is not null)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[header] = new OpenApiHeader
            {
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }
    }
}
