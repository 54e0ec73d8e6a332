using System.ComponentModel.DataAnnotations;
using System.Reflection;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Says at start what is wrong with the settings: each once, all at once, by the name of its environment variable, and never its value,
/// which may be a secret.
/// </summary>
/// <param name="services">All services; each <c>IValidateOptions</c> among them stands for a section of settings.</param>
/// <param name="configuration">The settings.</param>
internal sealed class SettingsReport(IServiceCollection services, IConfiguration configuration)
{
    private const string Missing = "is missing.";

    /// <summary>The property that takes the value of the section itself, beside those that it holds: a connection string, as a rule.</summary>
    private const string OwnValue = nameof(OwnValue);

    /// <summary>Settings that no options class holds: the platform's.</summary>
    private static readonly (string Name, Predicate<string> IsGood, string Fault)[] OfPlatform =
    [
        ("AZURE_CLIENT_ID", text => Guid.TryParse(text, out _), "must be the GUID of an application."),
        (TelemetryFeature.Otlp, TelemetryFeature.IsAddress, "must be an absolute http or https address."),
        (TelemetryFeature.AzureMonitor, TelemetryFeature.IsConnectionString, "must be a connection string with an InstrumentationKey."),
    ];

    /// <summary>A sentence for each setting that is missing or wrong; none when the app can start.</summary>
    public IReadOnlyList<string> Faults(IServiceProvider provider)
    {
        var faults = OfPlatform
            .Where(setting => configuration[setting.Name] is { Length: > 0 } text && !setting.IsGood(text))
            .Select(setting => $"{setting.Name} {setting.Fault}")
            .ToList();
        try
        {
            provider.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception exception) when (exception is OptionsValidationException or AggregateException or InvalidOperationException)
        {
            // Only now, as reflection takes its time.
            var explained = OptionTypes().SelectMany(Explain).ToList();
            faults.AddRange(explained.Count > 0 ? explained : [exception.Message]);
        }

        faults.Sort(StringComparer.Ordinal);
        return faults;
    }

    private IEnumerable<Type> OptionTypes() => services
        .Select(service => service.ServiceType)
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IValidateOptions<>))
        .Select(type => type.GetGenericArguments()[0])
        .Where(type => type.Assembly == typeof(SettingsReport).Assembly)
        .Distinct();

    private IEnumerable<string> Explain(Type type)
    {
        var section = (string)type.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;
        var options = Activator.CreateInstance(type)!;
        var wrong = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (configuration[section] is { Length: > 0 } own)
        {
            TryBind(options, OwnValue, own);
        }

        foreach (var (key, value) in configuration.GetSection(section).AsEnumerable(makePathsRelative: true))
        {
            if (value is not null && !TryBind(options, key, value))
            {
                wrong.Add(Name(section, key));
                yield return $"{Name(section, key)} must be {FormOf(type, key)}.";
            }
        }

        foreach (var (name, fault) in Check(options, section))
        {
            if (wrong.Add(name))
            {
                yield return $"{name} {fault}";
            }
        }
    }

    /// <summary>Binds one setting, so that one that cannot be read does not hide the next.</summary>
    private static bool TryBind(object options, string key, string value)
    {
        try
        {
            new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build().Bind(options);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static IEnumerable<(string Name, string Fault)> Check(object options, string section)
    {
        // Properties without rules may be derived from others, and not be computable while those are wrong.
        foreach (var property in options.GetType().GetProperties().Where(property =>
            property.IsDefined(typeof(ValidationAttribute)) || property.IsDefined(typeof(ValidateObjectMembersAttribute))))
        {
            var value = property.GetValue(options);
            var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = property.Name };
            foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (attribute.GetValidationResult(value, context)?.ErrorMessage is { } fault)
                {
                    yield return (Name(section, property.Name), attribute is RequiredAttribute ? Missing : Shorten(fault, property.Name));
                }
            }

            if (value is not null && property.IsDefined(typeof(ValidateObjectMembersAttribute)))
            {
                foreach (var nested in Check(value, $"{section}:{property.Name}"))
                {
                    yield return nested;
                }
            }
        }

        foreach (var result in (options as IValidatableObject)?.Validate(new ValidationContext(options)) ?? [])
        {
            foreach (var member in result.MemberNames)
            {
                yield return (Name(section, member), result.ErrorMessage!);
            }
        }
    }

    /// <summary>"The field InFlight must be between 1 and 1000." says the name of the property, which is said already.</summary>
    private static string Shorten(string fault, string property) =>
        fault.Replace($"The field {property} ", "", StringComparison.Ordinal);

    private static string FormOf(Type type, string key)
    {
        var property = key.Split(':').Aggregate(
            (Type?)type, (owner, name) => owner?.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)?.PropertyType);
        return property switch
        {
            _ when property == typeof(int) => "a whole number",
            _ when property == typeof(double) => "a number",
            _ when property == typeof(bool) => "true or false",
            _ when property == typeof(TimeSpan) => "a time span such as 1.00:00:00",
            _ when property == typeof(Uri) => "an absolute address",
            _ => "of another form",
        };
    }

    private static string Name(string section, string key) =>
        key == OwnValue ? section : $"{section}:{key}".Replace(":", "__", StringComparison.Ordinal);
}
