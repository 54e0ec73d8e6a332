using System.Globalization;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.SignIns;

/// <summary>Which of a user's sign-in requests are asked for.</summary>
/// <param name="Condition">Over <c>c</c>.</param>
/// <param name="Parameters">Values of its parameters.</param>
internal sealed record SignInFilter(string Condition, IReadOnlyList<(string Name, object Value)> Parameters)
{
    public const string Statuses = "^(pending|accepted|denied|expired|superseded|passcode|blokBadge)$";
    public const string StatusFault = "is pending, accepted, denied, expired, superseded, passcode or blokBadge";

    public const string Reasons = "^(cancelled|notMe|wrongNumber)$";
    public const string ReasonFault = "is cancelled, notMe or wrongNumber";

    public const string Methods = "^(Push|Passcode|BlokBadge)$";
    public const string MethodFault = "is Push, Passcode or BlokBadge";

    public const int MaxDays = 90;
    public const string DaysFault = "is 1 to 90";

    public const int MaxApplication = 100;
    public const string ApplicationFault = "is at most 100 characters";

    public const int MaxId = 64;
    public const string IdFault = "is at most 64 characters";

    public const int MaxDevice = 64;
    public const string DeviceFault = "is at most 64 characters";

    /// <summary>Requests of earlier versions do not tell who answered: it was the one that they were pushed to.</summary>
    public const string AnsweredByDevice = "(c.answeredBy = @device OR (NOT IS_STRING(c.answeredBy) AND c.deviceId = @device))";

    private const int DefaultDays = 7;

    /// <summary>A request whose time is over is expired, although nobody wrote that down; see <see cref="AuthenticationRequestDocument.StatusAt"/>.</summary>
    private const string IsOver = "(IS_STRING(c.expiresAt) AND c.expiresAt <= @now)";

    /// <summary>Reads the filter; what one parameter alone can have wrong was checked before.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">The refusal; null when there is a filter.</param>
    /// <returns>The filter; null when it was refused.</returns>
    public static SignInFilter? Read(SignInQuery query, DateTimeOffset now, out IResult? fault)
    {
        fault = QueryTimes.FaultOf(query.From, query.To, out var from, out var to)
            ?? (query.Days is not null && (from ?? to) is not null ? Problems.InvalidRequest("days", "is for requests without from and to") : null);
        if (fault is not null)
        {
            return null;
        }

        from ??= to is null ? now.AddDays(-(query.Days ?? DefaultDays)) : null;
        List<string> conditions = ["c.type = 'authenticationRequest'"];
        List<(string, object)> parameters = [("@now", now)];
        Add("c.issuedAt >= @from", "@from", from);
        Add("c.issuedAt < @to", "@to", to);
        Add(
            query.Status switch
            {
                "pending" => $"c.status = @status AND NOT {IsOver}",
                "expired" => $"(c.status = @status OR (c.status = 'pending' AND {IsOver}))",
                _ => "c.status = @status",
            },
            "@status",
            query.Status);
        Add("c.id = @requestId", "@requestId", query.RequestId is { } id ? AuthenticationRequestDocument.IdOf(id) : null);
        Add("c.reason = @reason", "@reason", query.Reason);
        Add("c.applicationId = @application", "@application", query.Application);
        Add("c.method = @method", "@method", query.Method);
        Add(query.Review == true ? AnsweredByDevice : "(c.deviceId = @device OR c.answeredBy = @device)", "@device", query.Device);
        if (query.Review is { } review)
        {
            conditions.Add(review ? "c.forReview = true" : "NOT (IS_BOOL(c.forReview) AND c.forReview)");
        }

        return new SignInFilter(string.Join(" AND ", conditions), parameters);

        void Add(string condition, string parameter, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add((parameter, value));
            }
        }
    }
}

/// <summary>What of a user's sign-in requests is asked for; null is whatever there is.</summary>
internal sealed record SignInQuery(int? Days, string? From, string? To, string? Status, string? Reason, string? Application, string? Method)
{
    public string? RequestId { get; init; }

    public string? Device { get; init; }

    public bool? Review { get; init; }

    /// <summary>What was asked for, by name, for the audit of an export.</summary>
    public Dictionary<string, string?> Said() => new (string Name, string? Value)[]
    {
        ("requestId", RequestId), ("days", Days?.ToString(CultureInfo.InvariantCulture)), ("from", From), ("to", To), ("status", Status), ("reason", Reason),
        ("application", Application), ("method", Method), ("device", Device), ("review", Review is { } review ? review ? "true" : "false" : null),
    }.Where(part => part.Value is not null).ToDictionary(part => part.Name, part => part.Value);
}
