namespace BlokSec.Functions.Health;

/// <summary>The process answers.</summary>
internal sealed class GetLiveness
{
    public static IResult HandleAsync() => TypedResults.Ok(new { status = "live" });
}
