using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BlokSec.Local;

/// <summary>
/// Free ports of 127.0.0.1 for whoever has to name a port before listening there. To look whether one is free is not enough: two who look at
/// the same moment get the same. So each process has a row of ports of its own, for as long as it runs, and gives them in turn.
/// </summary>
internal static class FreePorts
{
    // Below those that systems hand out by themselves (32768 and higher on Linux, 49152 elsewhere), above those that services are known by.
    private const int First = 20_000;
    private const int InRow = 500;
    private const int Rows = 24;

    private static readonly Lazy<FileStream> Held = new(TakeRow);
    private static int given;

    /// <summary>The next one.</summary>
    /// <param name="count">How many that follow it have to be free too, itself included.</param>
    /// <exception cref="InvalidOperationException">So many processes run that no row is left, or this one's row has none that are free.</exception>
    public static int Next(int count = 1)
    {
        var row = int.Parse(Path.GetFileName(Held.Value.Name), CultureInfo.InvariantCulture);
        for (var tried = 0; tried < InRow; tried++)
        {
            var at = (int)((uint)(Interlocked.Add(ref given, count) - count) % InRow);
            if (at + count <= InRow && Enumerable.Range(row + at, count).All(IsFree))
            {
                return row + at;
            }
        }

        throw new InvalidOperationException($"No {count} ports in a row from {row} to {row + InRow - 1} are free.");
    }

    /// <summary>Whether nobody listens there.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A locked file stands for a row; the system unlocks it when the process ends, however it ends.</summary>
    private static FileStream TakeRow()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"bloksec-ports-{Environment.UserName}")).FullName;
        for (var row = 0; row < Rows; row++)
        {
            try
            {
                return new FileStream(
                    Path.Combine(folder, $"{First + (row * InRow)}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another process has it.
            }
        }

        throw new InvalidOperationException($"{Rows} local systems run: no ports are left for another.");
    }
}
