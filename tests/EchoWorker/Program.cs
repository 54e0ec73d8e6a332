using System.Globalization;
using BlokSec.EchoWorker;
using Microsoft.Extensions.Hosting;

if (Environment.GetEnvironmentVariable("ECHO_EXIT_AT_START") is { Length: > 0 } code)
{
    return int.Parse(code, CultureInfo.InvariantCulture);
}

Console.WriteLine("started");
await EchoWorkerApp.Builder(args).Build().RunAsync();
return 0;
