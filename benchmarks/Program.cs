using BlokSec.Benchmarks.Push;

if (args is ["push", ..])
{
    await PushBenchmark.RunAsync();
    return 0;
}

Console.Error.WriteLine("Say what to measure: dotnet run -c Release --project benchmarks -- push");
return 1;
