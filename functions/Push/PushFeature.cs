using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlokSec.Functions.Push;

/// <summary>Pushes to phones. Needs the database's <c>Container</c> as a service; opens nothing before the first push.</summary>
internal static class PushFeature
{
    public static IServiceCollection AddPush(this IServiceCollection services)
    {
        services.AddValidated<PushOptions, PushOptions.Validator>(PushOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<PushMetrics>();
        services.AddSingleton<PushLanes>();
        services.AddSingleton<ApnsTokenStore>();
        services.AddSingleton<ApnsProviderToken>();
        services.AddSingleton<ApnsSender>();
        services.AddSingleton<FcmAccessToken>();
        services.AddSingleton<FcmSender>();
        services.AddSingleton<PushSenders>();
        return services;
    }
}
