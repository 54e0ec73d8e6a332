using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlokSec.Functions.Http;

/// <summary>Checks the annotations of a function's parameters and of its request's contract, nested ones too, before it sees them.</summary>
internal static class RequestValidation
{
    private static readonly string? Contracts = typeof(Contracts.ProblemCodes).Namespace;

    public static EndpointFilterDelegate Create(MethodInfo function, EndpointFilterDelegate next)
    {
        var parameters = function.GetParameters()
            .Select(parameter => new Parameter(parameter.Name!, [.. parameter.GetCustomAttributes<ValidationAttribute>()]))
            .ToArray();
        return async context =>
        {
            var errors = new Dictionary<string, string[]>();
            for (var index = 0; index < parameters.Length; index++)
            {
                var (name, rules) = parameters[index];
                var argument = context.Arguments[index];
                if (Array.Find(rules, rule => !rule.IsValid(argument)) is { } broken)
                {
                    errors[name] = [broken.FormatErrorMessage(name)];
                }
                else if (IsContract(argument))
                {
                    Collect(argument!, "", errors);
                }
            }

            return errors.Count == 0 ? await next(context) : Problems.InvalidRequest(errors);
        };
    }

    private static void Collect(object value, string path, Dictionary<string, string[]> errors)
    {
        // No list has gaps; what checks a list need not look for them.
        var hasGaps = false;
        foreach (var property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            if (property.GetValue(value) is IEnumerable list and not string && list.Cast<object?>().ToList().IndexOf(null) is >= 0 and var index)
            {
                errors[FormattableString.Invariant($"{path}{Name(value.GetType(), property.Name)}[{index}]")] = ["is null"];
                hasGaps = true;
            }
        }

        if (hasGaps)
        {
            return;
        }

        var found = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), found, validateAllProperties: true);
        foreach (var error in found.SelectMany(
            result => result.MemberNames.DefaultIfEmpty(""), (result, member) => (Field: path + Name(value.GetType(), member), result.ErrorMessage)))
        {
            errors[error.Field] = [error.ErrorMessage ?? "is not valid"];
        }

        foreach (var property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            if (property.GetValue(value) is { } member and not IEnumerable && IsContract(member))
            {
                Collect(member, $"{path}{Name(value.GetType(), property.Name)}.", errors);
            }
        }
    }

    private static bool IsContract(object? value) => value is not null && !value.GetType().IsEnum && value.GetType().Namespace == Contracts;

    /// <summary>What a caller calls it: the name that the contract gives the member, else that of the policy.</summary>
    private static string Name(Type contract, string member) =>
        contract.GetProperty(member)?.GetCustomAttribute<JsonPropertyNameAttribute>() is { Name: var name }
            ? name
            : string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private sealed record Parameter(string Name, ValidationAttribute[] Rules);
}
