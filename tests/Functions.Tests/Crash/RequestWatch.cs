using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>A moment of a flow: right before or right after one of its requests takes effect.</summary>
/// <param name="Request">Which request, by name and number.</param>
/// <param name="Stage">Before or after.</param>
internal sealed record KillPoint(string Request, FaultStage Stage);

/// <summary>Gives names to the requests of one flow, such as <c>cosmos batch #2</c>, and knows when the flow is at its point.</summary>
/// <param name="concerns">Which requests are the flow's.</param>
/// <param name="point">Where the flow is to be killed; null for one that is only watched.</param>
internal sealed class RequestWatch(Func<SeenRequest, bool> concerns, KillPoint? point = null)
{
    private static readonly string[] Settling = ["receive", "complete", "abandon", "renew"];
    private static readonly string[] SignIn = ["discovery", "jwks", "identity-token"];

    private readonly Dictionary<long, string> names = [];
    private readonly Dictionary<string, int> counts = [];

    public KillPoint? Point => point;

    /// <summary>Whether the flow came to its point.</summary>
    public bool IsStruck { get; private set; }

    public IReadOnlyCollection<string> Requests => names.Values;

    /// <summary>Takes note of a request; true when the flow is at its point.</summary>
    public bool Strikes(SeenRequest request, FaultStage stage)
    {
        if (!IsOfTheApp(request) || !concerns(request))
        {
            return false;
        }

        if (stage == FaultStage.Before)
        {
            var kind = KindOf(request);
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            names[request.Number] = $"{kind} #{counts[kind]}";
        }

        var isThere = !IsStruck && point?.Stage == stage && names.GetValueOrDefault(request.Number) == point.Request;
        IsStruck |= isThere;
        return isThere;
    }

    /// <summary>Neither the Functions host, which settles messages, nor a person who signs in, nor a test that looks into the database.</summary>
    private static bool IsOfTheApp(SeenRequest request) => request.StandIn switch
    {
        "servicebus" => !Settling.Contains(request.Operation),
        "signin" => SignIn.Contains(request.Operation),
        "cosmos" => request.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal),
        _ => true,
    };

    private static string KindOf(SeenRequest request) => request.StandIn switch
    {
        "servicebus" => $"servicebus {request.Operation} {request.Path}",
        "signin" => $"signin {request.Operation} {request.Path}",
        _ => $"{request.StandIn} {request.Operation}",
    };
}
