using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace BlokSec.Functions.OpenApi;

/// <summary>
/// Describes the HTTP functions. Summaries and parameters come from the XML comments, what every function of a kind has in common
/// from <see cref="OperationDescription"/>.
/// </summary>
internal static class ApiDescription
{
    public const string Bearer = "accessToken";
    public const string DeviceProof = "deviceProof";
    public const string Problem = nameof(ProblemDetails);

    public static void AddApiDescription(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OpenApiText>();
        builder.Services.AddOpenApi(OpenApiText.Document, options =>
        {
            options.AddOperationTransformer(OperationDescription.TransformAsync);
            options.AddSchemaTransformer((schema, context, _) => LoosenAsync(schema, context.JsonTypeInfo.Type));
            options.AddSchemaTransformer((schema, context, _) => DescribeMomentAsync(schema, context.JsonPropertyInfo));
            options.AddDocumentTransformer((document, _, _) => IntroduceAsync(document));
        });
        DescribedEndpoints.AddTo(builder.Services);
    }

    private static Task IntroduceAsync(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "BlokSec User & Device Management",
            Version = "1",
            Description = """
                Administrators show users, remove devices, unregister users and hand out claims; the app enrolls, asks for its status and confirms
                that it erased itself.

                Errors are RFC 9457 problem details with a stable member `code`. Members that have no value are left out of answers; unknown
                members of requests are refused. Removing and unregistering are long-running operations: 202 with `Operation-Location`, to be
                polled until `status` is `succeeded` or `failed`. An app resets itself only on a revocation statement.
                """.ReplaceLineEndings("\n"),
        };
        document.Servers = [];
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = OperationDescription.Administrators, Description = "Called with an access token." },
            new() { Name = OperationDescription.Applications, Description = "Called with an access token of the application's own (client credentials)." },
            new() { Name = OperationDescription.App, Description = "Called by the BlokSec app, signed by the device's key." },
            new() { Name = OperationDescription.Everybody, Description = "Called by anybody." },
        };
        document.AddComponent(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "An administrator's access token of the sign-in service. Its tenant bounds all that is seen; the roles asked for are named at each operation.",
        });
        document.AddComponent(DeviceProof, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = Security.DeviceProofs.HeaderName,
            Description = "A proof after RFC 9449, made for this one call by the device's key (ES256 or EdDSA): method, address, time, hash of the body, tenant, user and device. See docs/mobile-protocol.md.",
        });
        document.Components!.Schemas![Problem] = ProblemSchema();
        return Task.CompletedTask;
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A problem after RFC 9457.",
        Required = new HashSet<string> { "type", "title", "status", "detail", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("https://docs.bloksec.io/problems/ and the code.", "uri"),
            ["title"] = Text("What it is, in short."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What is wrong and what to do."),
            ["code"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Stable; what a program looks at.",
                Enum = [.. ProblemTypes.All.Keys.Select(code => (JsonNode)code)],
            },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = $"With {ProblemCodes.InvalidRequest}: the reasons, by field.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
            ["statement"] = Text($"With {ProblemCodes.DeviceRemoved}: the revocation statement, a compact JWS."),
        },
    };

    private static OpenApiSchema Text(string description, string? format = null) =>
        new() { Type = JsonSchemaType.String, Description = description, Format = format };

    /// <summary>What a converter of ours reads is unknown to the framework.</summary>
    private static Task DescribeMomentAsync(OpenApiSchema schema, JsonPropertyInfo? property)
    {
        if (property?.AttributeProvider?.IsDefined(typeof(JsonConverterAttribute), inherit: false) == true
            && property.PropertyType == typeof(DateTimeOffset?))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String | JsonSchemaType.Null, "date-time");
        }

        return Task.CompletedTask;
    }

    /// <summary>Members without a value are not written, so that none that may be null can be counted on; answers may gain members.</summary>
    private static Task LoosenAsync(OpenApiSchema schema, Type type)
    {
        schema.AdditionalPropertiesAllowed |= !type.Name.EndsWith("Request", StringComparison.Ordinal)
            && !type.Name.EndsWith("Registration", StringComparison.Ordinal);
        foreach (var (name, _) in schema.Properties?.Where(property => MayBeNull(property.Value)) ?? [])
        {
            schema.Required?.Remove(name);
        }

        return Task.CompletedTask;
    }

    private static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) == true || schema.OneOf?.Any(MayBeNull) == true;
}
