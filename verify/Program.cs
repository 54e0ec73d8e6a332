using BlokSec.Verify;

return VerifyTool.Run(args, Console.Out, Console.Error);
