using BlokSec.Local;
using BlokSec.Local.Demo;

if (args is ["demo"] or ["demo", "--without-host"])
{
    return await DemoCommand.RunAsync(withoutHost: args.Length > 1);
}

return RunOptions.Parse(args, out var wrong) is { } options ? await RunCommand.RunAsync(options, Console.Error) : Usage.Print(wrong!);
