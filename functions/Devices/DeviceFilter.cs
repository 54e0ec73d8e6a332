using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Devices;

/// <summary>Which of a tenant's registered devices are asked for, and in which order.</summary>
/// <param name="Condition">Over <c>c</c>.</param>
/// <param name="Parameters">Values of its parameters.</param>
/// <param name="Order">What the list is ordered by.</param>
internal sealed record DeviceFilter(string Condition, IReadOnlyList<(string Name, object Value)> Parameters, string Order)
{
    public const string Platforms = "^(ios|android)$";
    public const string PlatformFault = "is ios or android";

    public const int MaxText = 100;
    public const string TextFault = "is at most 100 characters";

    public const string Sorts = "^(lastActive|registered|platform)$";
    public const string SortFault = "is lastActive, registered or platform";

    /// <summary>The order of registration, which stays while phones become active.</summary>
    public const string ByRegistered = "registered";

    public static DeviceFilter Of(DeviceQuery query, DateTimeOffset now)
    {
        List<string> conditions = [DeviceConditions.IsRegistered];
        List<(string, object)> parameters = [];
        Add("c.platform = @platform", "@platform", query.Platform);
        Add("STARTSWITH(c.osVersion, @osVersion, true)", "@osVersion", Text(query.OsVersion));
        Add("STARTSWITH(c.appVersion, @appVersion, true)", "@appVersion", Text(query.AppVersion));
        Add("c.lastActiveAt < @unused", "@unused", query.UnusedDays is { } days ? now.AddDays(-days) : null);
        Add("(CONTAINS(c.name, @search, true) OR CONTAINS(c.model, @search, true))", "@search", Text(query.Search));
        if (query.Push is { } name)
        {
            var push = Enum.Parse<PushStatus>(name, ignoreCase: true);
            conditions.Add(DeviceConditions.HasPush(push));
            parameters.AddRange(DeviceConditions.Parameters(push, now));
        }

        var order = query.Sort switch { ByRegistered => "c.registeredAt", "platform" => "c.platform", _ => "c.lastActiveAt" };
        return new DeviceFilter(
            string.Join(" AND ", conditions), parameters, query.Direction == Directions.Descending ? $"{order} DESC" : order);

        void Add(string condition, string parameter, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add((parameter, value));
            }
        }
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>What of a tenant's devices is asked for; null is whatever there is.</summary>
internal sealed record DeviceQuery(
    string? Search, string? Platform, string? OsVersion, string? AppVersion, string? Push, int? UnusedDays, string? Sort, string? Direction)
{
    /// <summary>What was asked for, by name, for the audit of an export.</summary>
    public Dictionary<string, string?> Said() => new (string Name, string? Value)[]
    {
        ("search", Search), ("platform", Platform), ("osVersion", OsVersion), ("appVersion", AppVersion), ("push", Push),
        ("unusedDays", CsvCells.Text(UnusedDays)), ("sort", Sort), ("direction", Direction),
    }.Where(part => part.Value is not null).ToDictionary(part => part.Name, part => part.Value);
}
