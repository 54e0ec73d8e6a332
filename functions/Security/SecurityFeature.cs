using BlokSec.Functions.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlokSec.Functions.Security;

/// <summary>
/// Who calls, and what is signed: access tokens of administrators, proofs of devices and DIDs, revocation statements, claim codes.
/// </summary>
internal static class SecurityFeature
{
    /// <summary>Adds all of it. Options are checked at start; keys are loaded and the issuer is asked at first use.</summary>
    public static TBuilder AddSecurity<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddValidated<ApiOptions, ApiOptions.Validator>(ApiOptions.Section);
        builder.AddValidated<AuthOptions, AuthOptions.Validator>(AuthOptions.Section);
        builder.AddValidated<StepUpOptions, StepUpOptions.Validator>(StepUpOptions.Section);
        builder.AddValidated<StatementOptions, StatementOptions.Validator>(StatementOptions.Section);
        builder.AddValidated<EventKeyOptions, EventKeyOptions.Validator>(EventKeyOptions.Section);
        builder.AddValidated<ClaimCodeOptions, ClaimCodeOptions.Validator>(ClaimCodeOptions.Section);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddSingleton<PublicAddress>()
            .AddSingleton<RecentSignIns>()
            .AddSingleton<DeviceProofs>()
            .AddSingleton<ReplayGuard>()
            .AddSingleton<DidProofs>()
            .AddSingleton<StatementKeys>()
            .AddSingleton<RevocationStatements>()
            .AddSingleton<EventKeys>()
            .AddSingleton<ReceiverSecrets>()
            .AddSingleton<ClaimCodes>()
            .AddSingleton<SignInSecrets>()
            .AddSingleton<SignInAnswers>()
            .AddSingleton<SignInAssertions>()
            .AddAdminAuthentication()
            .AddAdminPolicies()
            .AddApplicationPolicies()
            .AddDirectoryAuthentication()
            .AddDeviceAuthentication()
            .AddCallParameter(Administrator.Of)
            .AddCallParameter(CallingApplication.Of)
            .AddCallParameter(CallingDirectory.Of)
            .AddCallParameter(DeviceProof.Of);
        return builder;
    }
}
