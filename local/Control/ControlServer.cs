using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Control;

/// <summary>
/// Buttons for people and scripts: the phones, the fault switches of all stand-ins, and the requests that they saw. Loopback only.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly StandIn server;

    private ControlServer(StandIn server) => this.server = server;

    public Uri Address => server.Address;

    public static async Task<ControlServer> StartAsync(LocalCloud cloud, int port) => new(await StandIn.StartAsync(
        port, HttpProtocols.Http1, services => services.AddRouting(), app => Map(app, cloud)));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static void Map(WebApplication app, LocalCloud cloud)
    {
        PhoneEndpoints.Map(app, cloud.Phones);
        var control = app.MapGroup("").AddEndpointFilter<LocalOnlyFilter>();
        control.MapGet("/faults", () => Results.Json(cloud.Traffic.Faults, Json));
        control.MapDelete("/faults", () =>
        {
            cloud.Traffic.Clear();
            return Results.NoContent();
        });
        control.MapPost("/faults", async (HttpRequest request) =>
        {
            try
            {
                var rule = await JsonSerializer.DeserializeAsync<FaultRule>(request.Body, Json, request.HttpContext.RequestAborted);
                cloud.Traffic.Add(rule!);
                return Results.Json(cloud.Traffic.Faults, Json, statusCode: StatusCodes.Status201Created);
            }
            catch (JsonException exception)
            {
                return Results.Problem($"{exception.Path}: {exception.Message}", statusCode: StatusCodes.Status400BadRequest);
            }
        });
        control.MapGet("/traffic", (long? after) => Results.Json(cloud.Traffic.Since(after ?? 0).TakeLast(200), Json));
    }
}
