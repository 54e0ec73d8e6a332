namespace BlokSec.Functions.Http;

/// <summary>Directions in which a list is sorted.</summary>
internal static class Directions
{
    public const string Descending = "desc";

    public const string Pattern = "^(asc|desc)$";

    public const string Fault = "is asc or desc";
}
