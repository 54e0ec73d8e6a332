using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Messaging;

/// <summary>Durable work over Service Bus.</summary>
internal static class MessagingFeature
{
    public static void AddMessaging(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<QueueOptions>().BindConfiguration(QueueOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<QueueOptions>, QueueOptionsValidator>();
        builder.Services.AddSingleton<TokenCredential>(_ => CreateCredential(builder.Configuration["AZURE_CLIENT_ID"]));
        builder.Services.AddSingleton(services => new QueueSender(
            new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }),
            services.GetRequiredService<TokenCredential>(),
            services.GetRequiredService<IOptions<QueueOptions>>(),
            services.GetRequiredService<TimeProvider>()));
    }

    private static ManagedIdentityCredential CreateCredential(string? clientId) => new(
        clientId is { Length: > 0 } ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
}
