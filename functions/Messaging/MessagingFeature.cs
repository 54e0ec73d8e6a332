using Azure.Core;
using Azure.Identity;

namespace BlokSec.Functions.Messaging;

/// <summary>Durable work over Service Bus.</summary>
internal static class MessagingFeature
{
    public static void AddMessaging(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidated<QueueOptions, QueueOptions.Validator>(QueueOptions.Section)
            .Configure<IConfiguration>((options, configuration) => options.OwnValue = configuration[QueueOptions.Section]);
        builder.Services.AddSingleton<TokenCredential>(_ => CreateCredential(builder.Configuration["AZURE_CLIENT_ID"]));
        builder.Services.AddSingleton<QueueLinks>();
        builder.Services.AddSingleton<QueueSender>();
        builder.Services.AddHostedService<QueueConnection>();
    }

    private static ManagedIdentityCredential CreateCredential(string? clientId) => new(
        clientId is { Length: > 0 } ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
}
