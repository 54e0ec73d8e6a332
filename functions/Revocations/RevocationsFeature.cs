using BlokSec.Functions.Hosting;
using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Revocations;

/// <summary>Telling removed devices that they were removed.</summary>
internal static class RevocationsFeature
{
    public static void AddRevocations(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RevocationRecords>();
        builder.Services.AddSingleton<RevocationFence>();
        builder.Services.AddSingleton<RevocationRequests>();
        builder.Services.AddSingleton<FanOutRevocation>();
        builder.Services.AddSingleton<SendRevokePush>();
    }

    public static void MapRevocations(this IEndpointRouteBuilder app)
    {
        app.MapQueue<FanOutRevocation, RevocationMessage>(Queues.Revocations);
        app.MapQueue<SendRevokePush, RevokePushMessage>(Queues.RevokePushes);
    }
}
