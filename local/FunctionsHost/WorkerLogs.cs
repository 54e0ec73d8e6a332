using System.Globalization;
using BlokSec.Local.FunctionsHost.Protocol;
using Level = BlokSec.Local.FunctionsHost.Protocol.RpcLog.Types.Level;
using Source = BlokSec.Local.FunctionsHost.Protocol.RpcLog.Types.RpcLogCategory;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Writes what the worker logs in the form in which the console logger of .NET writes it.</summary>
/// <param name="output">Takes the lines.</param>
internal sealed class WorkerLogs(Action<string> output)
{
    private readonly Lock writing = new();

    public void Take(RpcLog log)
    {
        if (log.LogCategory == Source.CustomMetric || log.Level < (log.LogCategory == Source.System ? Level.Warning : Level.Information))
        {
            return;
        }

        var id = int.TryParse(log.EventId, CultureInfo.InvariantCulture, out var number) ? number : 0;
        lock (writing)
        {
            output(string.Create(CultureInfo.InvariantCulture, $"{Name(log.Level)}: {log.Category}[{id}]"));
            Write(log.Message);
            if (log.Exception is { } exception)
            {
                // The worker's message may hold the whole exception.
                Write(exception.Message);
                Write(exception.Message.Contains(exception.StackTrace, StringComparison.Ordinal) ? "" : exception.StackTrace);
            }
        }
    }

    private void Write(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            output($"      {line.TrimEnd('\r')}");
        }
    }

    private static string Name(Level level) => level switch
    {
        Level.Trace => "trce",
        Level.Debug => "dbug",
        Level.Warning => "warn",
        Level.Error => "fail",
        Level.Critical => "crit",
        _ => "info",
    };
}
