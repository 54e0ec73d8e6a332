namespace BlokSec.Portal.Api;

/// <summary>What the API answered: the value or the problem. Neither is an exception.</summary>
public readonly record struct ApiResult<T>
    where T : class
{
    private ApiResult(T? value, ApiProblem? problem)
    {
        Value = value;
        Problem = problem;
    }

    /// <summary>What was asked for; null when there was a problem.</summary>
    public T? Value { get; }

    /// <summary>Why not; null when all went well.</summary>
    public ApiProblem? Problem { get; }

#pragma warning disable CA2225 // The operators are there so that nobody has to name them.
    public static implicit operator ApiResult<T>(T value) => new(value, null);

    public static implicit operator ApiResult<T>(ApiProblem problem) => new(null, problem);
#pragma warning restore CA2225
}
