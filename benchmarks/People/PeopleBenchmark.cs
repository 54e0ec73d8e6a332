using System.Diagnostics;
using System.Net.Http.Json;
using BlokSec.Benchmarks.SignIns;
using BlokSec.Contracts;
using BlokSec.Local;
using BlokSec.Local.Demo;
using BlokSec.Local.Seed;

namespace BlokSec.Benchmarks.People;

/// <summary>
/// How fast people are imported, beside the same documents written with the SDK alone; whether memory grows with the file; and a page of the users
/// list with all of them there, beside its query alone. The function app is in a process of its own; database, bus and callers are in this one.
/// </summary>
internal static class PeopleBenchmark
{
    private const int WarmUp = 1_000;
    private const int Few = 2_000;
    private const int Many = 20_000;
    private const int Pages = 300;
    private const int PageSize = 50;

    public static Task RunAsync() => MeasuredCloud.RunAsync("people", [], static _ => { }, RunAsync);

    private static async Task RunAsync(LocalCloud cloud, AdminClient admin, AppProcess app)
    {
        await ImportAsync(admin, app, "warm", WarmUp);
        var bare = new BarePeople(cloud);
        await bare.CreateAsync(WarmUp);

        Console.WriteLine(MeasuredCloud.Machine);
        Console.WriteLine("                      rows  rows/s  peak MB");
        var bareBefore = await bare.CreateAsync(Few);
        var few = Print("import", Few, await ImportAsync(admin, app, "few", Few));
        var bareBetween = await bare.CreateAsync(Few);
        var many = Print("import", Many, await ImportAsync(admin, app, "many", Many));
        var bareAfter = await bare.CreateAsync(Few);
        var rate = Few * 3 / (bareBefore + bareBetween + bareAfter).TotalSeconds;
        Console.WriteLine($"bare creates    {3 * Few,10}  {rate,6:F0}");
        Console.WriteLine($"multiple of the bare time: {rate / few:F2} with {Few} rows, {rate / many:F2} with {Many} rows");
        await ListAsync(cloud, admin, bare);
    }

    private static double Print(string name, int rows, (TimeSpan Time, double Megabytes) import)
    {
        var rate = rows / import.Time.TotalSeconds;
        Console.WriteLine($"{name,-16}{rows,10}  {rate,6:F0}  {import.Megabytes,7:F0}");
        return rate;
    }

    /// <summary>Checks a file and imports it; the time is that of the import.</summary>
    private static async Task<(TimeSpan Time, double Megabytes)> ImportAsync(AdminClient admin, AppProcess app, string name, int rows)
    {
        app.ForgetPeak();
        using var file = new StringContent(
            $"givenName,familyName,email\r\n{string.Concat(Enumerable.Range(0, rows).Select(row => $"Ada,Byron {row},{name}.{row}@example.com\r\n"))}", null, "text/csv");
        using var checking = await admin.Http.PostAsync(new Uri("imports", UriKind.Relative), file);
        checking.EnsureSuccessStatusCode();
        var address = new Uri($"imports/{(await checking.Content.ReadFromJsonAsync<ImportDetails>(AdminClient.Json))!.ImportId}", UriKind.Relative);
        var start = Stopwatch.GetTimestamp();
        using var starting = await admin.Http.PostAsync(new Uri($"{address}/start", UriKind.Relative), content: null);
        starting.EnsureSuccessStatusCode();
        while ((await admin.Http.GetFromJsonAsync<ImportDetails>(address, AdminClient.Json))!.Operation?.Status != OperationStatus.Succeeded)
        {
            await Task.Delay(100);
        }

        return (Stopwatch.GetElapsedTime(start), app.PeakMegabytes);
    }

    private static async Task ListAsync(LocalCloud cloud, AdminClient admin, BarePeople bare)
    {
        var (ours, alone) = (new Times(), new Times());
        for (var page = -20; page < Pages; page++)
        {
            var start = Stopwatch.GetTimestamp();
            await admin.UsersPageAsync(PageSize, continuation: null, CancellationToken.None);
            var between = Stopwatch.GetTimestamp();
            await bare.PageAsync(DemoPeople.Contoso, PageSize);
            if (page >= 0)
            {
                ours.Between(start, between);
                alone.Since(between);
            }
        }

        Console.WriteLine("                     count    p50 ms    p99 ms    max ms");
        Console.WriteLine($"users page          {ours}");
        Console.WriteLine($"its query alone     {alone}");
        Console.WriteLine($"multiple                     {ours.At(0.5) / alone.At(0.5),7:F1}");
    }
}
