using Microsoft.Extensions.Options;

namespace BlokSec.Functions;

/// <summary>The one way to register settings: bound to their section, validated at start.</summary>
internal static class ValidatedOptions
{
    /// <summary>Registers a section of the settings. What is wrong with it is reported at start, see <see cref="Hosting.SettingsReport"/>.</summary>
    /// <param name="builder">The app.</param>
    /// <param name="section">The section's name.</param>
    public static void AddValidated<TOptions, TValidator>(this IHostApplicationBuilder builder, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions> => builder.Services.AddValidated<TOptions, TValidator>(section);

    /// <inheritdoc cref="AddValidated{TOptions, TValidator}(IHostApplicationBuilder, string)"/>
    /// <param name="services">The services.</param>
    /// <param name="section">The section's name.</param>
    public static OptionsBuilder<TOptions> AddValidated<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions> =>
        services.AddOptionsWithValidateOnStart<TOptions, TValidator>().BindConfiguration(section);
}
