using BlokSec.Local;
using BlokSec.Local.Demo;

if (args is ["demo"])
{
    return await DemoCommand.RunAsync();
}

return RunOptions.Parse(args, out var wrong) is { } options ? await RunCommand.RunAsync(options, Console.Error) : Usage.Print(wrong!);
