namespace BlokSec.Functions.Security;

/// <summary>
/// Says that a function that is not about one user answers administrators who are limited to departments too, because it keeps to their limits by
/// itself. Every other function without a user in its route refuses them.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WithinScopeAttribute : Attribute
{
    /// <summary>Whether a function answers administrators who are limited to departments.</summary>
    /// <param name="route">The function's route.</param>
    /// <param name="isWithin">Whether it has this attribute.</param>
    public static bool Answers(string? route, bool isWithin) => isWithin || route?.Contains("{userId}", StringComparison.Ordinal) == true;
}
