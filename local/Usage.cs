namespace BlokSec.Local;

/// <summary>How the program is called.</summary>
internal static class Usage
{
    private const int WrongArguments = 2;

    public static int Print()
    {
        Console.Error.WriteLine(
            """
            dotnet run --project local              starts everything and keeps its data between starts
            dotnet run --project local -- --fresh   throws the data away first
            dotnet run --project local -- demo      plays the whole story in the terminal, verifies each step, and ends
            """);
        return WrongArguments;
    }
}
