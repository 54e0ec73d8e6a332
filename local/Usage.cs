namespace BlokSec.Local;

/// <summary>How the program is called.</summary>
internal static class Usage
{
    private const int WrongArguments = 2;

    public static int Print(string wrong)
    {
        Console.Error.WriteLine(
            $"""
            {wrong}

            dotnet run --project local              starts everything and keeps its data between starts
            dotnet run --project local -- demo      plays the whole story in the terminal, verifies each step, and ends
            dotnet run --project local -- demo --without-host      the same with a Functions host that you start

            Options of the first, after the --:
              --fresh           deletes the data of earlier runs first
              --quiet           prints no live log of requests, messages and pushes
              --port-base N     listens on ports N to N+{LocalPorts.Count - 1} instead of {LocalPorts.FixedBase} to {LocalPorts.FixedBase + LocalPorts.Count - 1}; its data is kept apart
              --without-app     starts everything but the function app, and waits for one that you start, such as in a debugger
              --without-host    starts everything but the Functions host, for Azure Functions Core Tools (func start)
            """);
        return WrongArguments;
    }
}
