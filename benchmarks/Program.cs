using System.Globalization;
using BlokSec.Benchmarks.Bus;
using BlokSec.Benchmarks.Contention;
using BlokSec.Benchmarks.FirstScreen;
using BlokSec.Benchmarks.Lists;
using BlokSec.Benchmarks.People;
using BlokSec.Benchmarks.Push;
using BlokSec.Benchmarks.Removals;
using BlokSec.Benchmarks.SignIns;
using BlokSec.Benchmarks.Startup;

switch (args)
{
    case ["push"]:
        await PushBenchmark.RunAsync();
        return 0;
    case ["push-server"]:
        await PushServer.RunAsync();
        return 0;
    case ["sign-ins"]:
        await SignInBenchmark.RunAsync();
        return 0;
    case ["startup"]:
        await StartupBenchmark.RunAsync();
        return 0;
    case ["first-screen"]:
        await FirstScreenBenchmark.RunAsync();
        return 0;
    case ["contention"]:
        await ContentionBenchmark.RunAsync();
        return 0;
    case ["bus"]:
        await BusBenchmark.RunAsync();
        return 0;
    case ["bus-sending", var who, var when]:
        await BusSending.RunAsync(who == "ours", when == "ready");
        return 0;
    case ["people"]:
        await PeopleBenchmark.RunAsync();
        return 0;
    case ["lists"]:
        await ListsBenchmark.RunAsync(20_000, 60_000, 1_000_000);
        return 0;
    case ["lists", .. var sizes] when sizes.Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToArray() is [var users, var devices, var entries]:
        await ListsBenchmark.RunAsync(users, devices, entries);
        return 0;
    case ["removals"]:
        await RemovalBenchmark.RunAsync();
        return 0;
    case ["bare-removals"]:
        await BareRemovals.RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync("Say what to measure: dotnet run -c Release --project benchmarks -- push, sign-ins, startup, first-screen, contention, people, lists, removals or bus");
        return 1;
}
