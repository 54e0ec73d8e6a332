using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>
/// What applications must learn: signals of changes become Security Event Tokens, which receivers are sent or fetch (Shared Signals Framework 1.0).
/// </summary>
internal static class SignalsFeature
{
    public static void AddSignals(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<SignalOptions, SignalOptions.Validator>(SignalOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<SignalOptions>, SignalOptions.LoopbackRule>();
        builder.Services.AddSingleton<TenantStreams>();
        builder.Services.AddSingleton<EventFactory>();
        builder.Services.AddSingleton<SignalDispatch>();
        builder.Services.AddSingleton<StreamEvents>();
        builder.Services.AddSingleton<EventPush>();
        builder.Services.AddSingleton<StreamConfigurations>();
        builder.Services.AddSingleton<StreamWrites>();
        builder.Services.AddSingleton<StreamSubjects>();
        builder.Services.AddSingleton<HeldEventPolls>();
    }
}
