namespace BlokSec.Functions.Http;

/// <summary>
/// Says which problems of its own a function answers with, in addition to those that come from its parameters and its policy. For the OpenAPI
/// document; tests compare it with what is really answered.
/// </summary>
/// <param name="codes">Of <see cref="Contracts.ProblemCodes"/>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RefusesAttribute(params string[] codes) : Attribute
{
    public IReadOnlyList<string> Codes { get; } = codes;
}
