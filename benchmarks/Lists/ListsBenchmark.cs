using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using BlokSec.Benchmarks.SignIns;
using BlokSec.Contracts;
using BlokSec.Functions;
using BlokSec.Local;
using BlokSec.Local.Cosmos;
using BlokSec.Local.Demo;

namespace BlokSec.Benchmarks.Lists;

/// <summary>
/// The lists of a large tenant: a page of each beside its query alone, and how many requests it makes; the exports and a bulk operation over all users, and
/// how much memory the app needs for them.
/// </summary>
internal static class ListsBenchmark
{
    /// <summary>As the lists have when nothing else is asked for.</summary>
    public const int PageSize = 50;

    private const int WarmUp = 3;
    private const int Calls = 20;

    /// <summary>The audit is counted before it is exported: in parts, the local database does it in time.</summary>
    private const int Parts = 10;

    /// <summary>Indexes that the local database would make when they are first used, for longer than a request may take.</summary>
    private static readonly string[] Orders = ["sortName", "createdAt", "lastActiveAt", "requestedAt", "issuedAt", "id", "updatedAt", "blockedAt", "expiresAt"];

    /// <summary>An export or a bulk operation that takes longer is told as far as it got.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Suspending = TimeSpan.FromSeconds(60);

    /// <summary>Fills a database with one tenant, and measures.</summary>
    /// <param name="users">How many users.</param>
    /// <param name="devices">How many devices they have together.</param>
    /// <param name="entries">How many audit entries there are.</param>
    public static Task RunAsync(int users, int devices, int entries) => MeasuredCloud.RunAsync(
        "lists",
        new Dictionary<string, string> { ["Bulk__UsersPerSecond"] = "100" },
        cloud =>
        {
            var start = Stopwatch.GetTimestamp();
            cloud.Cosmos.Fill("bloksec", "identities", new LargeTenant(users, devices, entries, TimeProvider.System.GetUtcNow()).Documents());
            foreach (var order in Orders)
            {
                cloud.Cosmos.Store.Indexes.For(["type"], [order]);
            }

            Console.WriteLine($"Filled with {users} users, {devices} devices and {entries} audit entries in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        },
        async (cloud, admin, app) =>
        {
            await PagesAsync(cloud, admin);
            await ExportsAsync(admin, app);
            await BulkAsync(admin, app);
        });

    private static async Task PagesAsync(LocalCloud cloud, AdminClient admin)
    {
        var bare = new BareLists(cloud);
        Console.WriteLine(MeasuredCloud.Machine);
        Console.WriteLine("page                        p50 ms    bare  multiple  queries  plans");
        foreach (var (name, path, query) in (IReadOnlyList<(string, string, Func<Task>)>)
        [
            ("users", "users", () => bare.UsersAsync()),
            ("users, search", $"users?search={LargeTenant.Name}", () => bare.UsersAsync(search: LargeTenant.Name)),
            ("users, active", "users?state=active", () => bare.UsersAsync(state: "active")),
            ("users, by creation", "users?sort=created", () => bare.UsersAsync(sort: "created")),
            ("devices", "devices", () => bare.DevicesAsync()),
            ("devices, unused for 90 days", "devices?unusedDays=90", () => bare.DevicesAsync(90)),
            ("operations", "operations", bare.OperationsAsync),
            ("sign-ins", "sign-ins", bare.SignInsAsync),
            ("audit", "audit", () => bare.AuditAsync()),
            ("audit, by actor", $"audit?actor={LargeTenant.Actor}", () => bare.AuditAsync(actor: LargeTenant.Actor)),
            ("audit, by text", $"audit?text={LargeTenant.Rare}", () => bare.AuditAsync(text: LargeTenant.Rare)),
            ("overview", "overview", bare.OverviewAsync),
        ])
        {
            await PageAsync(cloud, admin, name, new Uri(path, UriKind.Relative), query);
        }
    }

    private static async Task PageAsync(LocalCloud cloud, AdminClient admin, string name, Uri address, Func<Task> query)
    {
        var (ours, alone, mark, end) = (new Times(), new Times(), 0L, 0L);
        for (var call = -WarmUp; call < Calls; call++)
        {
            mark = cloud.Traffic.Mark;
            var start = Stopwatch.GetTimestamp();
            using var response = await admin.Http.GetAsync(address);
            response.EnsureSuccessStatusCode();
            var between = Stopwatch.GetTimestamp();
            end = cloud.Traffic.Mark;
            await query();
            if (call >= 0)
            {
                ours.Between(start, between);
                alone.Since(between);
            }
        }

        var (mine, theirs) = (ours.At(0.5), alone.At(0.5));
        Console.WriteLine($"{name,-28}{mine,6:F1}  {theirs,6:F1}  {mine / theirs,8:F1}  {Count(CosmosOperation.Query),7}  {Count(CosmosOperation.QueryPlan),5}");

        int Count(string operation) =>
            cloud.Traffic.Since(mark).Count(request => request.Number <= end && request.StandIn == "cosmos" && request.Operation == operation);
    }

    private static async Task ExportsAsync(AdminClient admin, AppProcess app)
    {
        Console.WriteLine(MeasuredCloud.Machine);
        Console.WriteLine("export                  rows  seconds  rows/s  MB at rest  peak MB");
        await ExportAsync(admin, app, "users.csv", ["users.csv"]);
        await ExportAsync(admin, app, "devices.csv", ["devices.csv"]);
        var (now, part) = (TimeProvider.System.GetUtcNow(), LargeTenant.Span / Parts);
        await ExportAsync(admin, app, $"audit, {Parts} parts", Enumerable.Range(0, Parts).Select(
            index => $"audit/export?from={now - (part * (index + 1)):yyyy-MM-ddTHH:mm:ssZ}&to={now - (part * index):yyyy-MM-ddTHH:mm:ssZ}"));
    }

    private static async Task ExportAsync(AdminClient admin, AppProcess app, string name, IEnumerable<string> paths)
    {
        app.ForgetPeak();
        var (rest, start, rows) = (app.Megabytes, Stopwatch.GetTimestamp(), 0);
        foreach (var path in paths.TakeWhile(_ => Stopwatch.GetElapsedTime(start) < Patience))
        {
            using var response = await admin.Http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            await lines.ReadLineAsync();
            while (await lines.ReadLineAsync() is not null)
            {
                rows++;
            }
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine($"{name,-16}{rows,12}  {seconds,7:F0}  {rows / seconds,6:F0}  {rest,10:F0}  {app.PeakMegabytes,7:F0}");
    }

    private static async Task BulkAsync(AdminClient admin, AppProcess app)
    {
        Console.WriteLine(MeasuredCloud.Machine);
        Console.WriteLine("suspend all          users  seconds  users/s  MB at rest  peak MB");
        app.ForgetPeak();
        var (rest, start) = (app.Megabytes, Stopwatch.GetTimestamp());
        var planned = await PostAsync(admin, "bulk-operations", new PlanBulkOperationRequest
        {
            Kind = BulkKind.Suspend,
            Selection = new BulkSelection { Filter = new BulkFilter() },
        });
        var address = $"bulk-operations/{planned.BulkOperationId}";
        planned = await WaitAsync(admin, address, found => found.State != BulkState.Planning, Patience);
        Print("plan", planned.Plan.Users);
        app.ForgetPeak();
        (rest, start) = (app.Megabytes, Stopwatch.GetTimestamp());
        await PostAsync(admin, $"{address}/start", new StartBulkOperationRequest
        {
            Confirmation = planned.Plan.Confirmation,
            PlanHash = planned.Plan.PlanHash,
            Reason = "Measured",
        });
        var done = await WaitAsync(admin, address, found => found.State != BulkState.Running, Suspending);
        Print(done.State == BulkState.Running ? "carried out, cut off" : "carried out", done.Progress.Done);

        void Print(string name, int count)
        {
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"{name,-20}{count,6}  {seconds,7:F0}  {count / seconds,7:F0}  {rest,10:F0}  {app.PeakMegabytes,7:F0}");
        }
    }

    private static async Task<BulkOperationDetails> PostAsync(AdminClient admin, string path, object request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(request, request.GetType(), options: Json.Documents) };
        message.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        using var response = await admin.Http.SendAsync(message);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<BulkOperationDetails>(AdminClient.Json))!
            : throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }

    private static async Task<BulkOperationDetails> WaitAsync(AdminClient admin, string path, Func<BulkOperationDetails, bool> isOver, TimeSpan most)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(200))
        {
            var found = (await admin.Http.GetFromJsonAsync<BulkOperationDetails>(path, AdminClient.Json))!;
            if (isOver(found) || Stopwatch.GetElapsedTime(start) > most)
            {
                return found;
            }
        }
    }
}
