using BlokSec.Local;
using BlokSec.Local.Demo;

return args switch
{
    [] => await RunCommand.RunAsync(fresh: false),
    ["--fresh"] => await RunCommand.RunAsync(fresh: true),
    ["demo"] => await DemoCommand.RunAsync(),
    _ => Usage.Print(),
};
