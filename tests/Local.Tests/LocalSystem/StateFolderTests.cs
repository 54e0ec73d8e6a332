using System.Text;

namespace BlokSec.Local.Tests.LocalSystem;

/// <summary>Whatever is wrong with the folder of a local system is told in one sentence that names the file; nothing of a running system is touched.</summary>
public sealed class StateFolderTests : IDisposable
{
    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("bloksec-state-").FullName, ".local");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);

    [Fact]
    public async Task A_fresh_start_beside_a_running_system_deletes_nothing()
    {
        using var running = StateFolder.Take(folder);
        Write("cosmos.db", "precious");

        var (code, told) = await RunAsync(new RunOptions { Folder = folder, Fresh = true, PortBase = FreePorts.Next(LocalPorts.Count) });

        Assert.Equal(1, code);
        Assert.StartsWith($"Cannot start: Another local system runs with the data in {folder}", told, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Path.Combine(folder, "cosmos.db"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_fresh_start_on_ports_that_are_in_use_deletes_nothing()
    {
        Directory.CreateDirectory(folder);
        Write("cosmos.db", "precious");
        var first = FreePorts.Next(LocalPorts.Count);
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, first + 3);
        taken.Start();

        var (code, told) = await RunAsync(new RunOptions { Folder = folder, Fresh = true, PortBase = first });

        Assert.Equal(1, code);
        Assert.StartsWith($"Cannot start: Port {first + 3} of 127.0.0.1 is in use", told, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Path.Combine(folder, "cosmos.db"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_folder_is_free_again_when_its_system_has_ended()
    {
        StateFolder.Take(folder).Dispose();

        using var again = StateFolder.Take(folder);

        Assert.Equal(folder, again.Path);
    }

    [Fact]
    public void Only_what_a_local_system_wrote_is_cleared()
    {
        Directory.CreateDirectory(Path.Combine(folder, "phones"));
        Write("keys.json", "{}");
        Write("cosmos.db-wal", "");
        Write(Path.Combine("phones", "ada.json"), "{}");
        Write("notes.txt", "mine");

        using var state = StateFolder.Take(folder);
        state.Clear();

        Assert.Equal(["lock", "notes.txt"], Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_file_in_place_of_the_folder_is_named()
    {
        await File.WriteAllTextAsync(folder, "", TestContext.Current.CancellationToken);

        await AssertToldAsync($"{folder} is a file");
    }

    /// <summary>A folder in place of a file is refused by the system as a file without permission is, for the superuser too.</summary>
    [Theory]
    [InlineData("lock")]
    [InlineData("keys.json")]
    [InlineData("cosmos.db")]
    [InlineData("servicebus.db")]
    [InlineData("signin-keys.json")]
    public async Task A_file_that_cannot_be_written_is_named(string name)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));

        await AssertToldAsync($"{Path.Combine(folder, name)} cannot be written");
    }

    [Theory]
    [InlineData("keys.json", "", "does not hold the keys")]
    [InlineData("keys.json", "null", "does not hold the keys")]
    [InlineData("keys.json", "{}", "does not hold the keys")]
    [InlineData("keys.json", """{"statementKey":"x","claimKey":"x","apnsKey":"x","fcmKey":"x","identityHeader":"x"}""", "does not hold the keys")]
    [InlineData("signin-keys.json", "", "does not hold the key")]
    [InlineData("signin-keys.json", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "does not hold the key")]
    [InlineData("cosmos.db", "not a database, but long enough to be looked at as if it were one", "is not a database")]
    [InlineData("servicebus.db", "not a database, but long enough to be looked at as if it were one", "is not a database")]
    [InlineData("phones/ada.json", "{", "cannot be read")]
    public async Task A_broken_file_is_named(string name, string content, string problem)
    {
        Directory.CreateDirectory(Path.Combine(folder, "phones"));
        Write(name, content);

        await AssertToldAsync($"{Path.Combine(folder, name)} {problem}", $"The phone in {Path.Combine(folder, name)} {problem}");
    }

    [Fact]
    public async Task A_database_that_was_damaged_in_the_middle_is_named()
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "cosmos.db");
        DatabaseFile.Open(path, "CREATE TABLE items (body TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO items SELECT 'item ' || i FROM n").Dispose();
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Encoding.ASCII.GetBytes(new string('x', 4096)).CopyTo(bytes, bytes.Length / 2 / 4096 * 4096);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        await AssertToldAsync($"{path} is not a database that can be used");
    }

    [Fact]
    public async Task A_database_of_another_program_is_named()
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "cosmos.db");
        DatabaseFile.Open(path, "CREATE TABLE items (number INTEGER)").Dispose();

        await AssertToldAsync($"{path} is not a database that can be used");
    }

    private async Task AssertToldAsync(params string[] anyOf)
    {
        var (code, told) = await RunAsync(new RunOptions { Folder = folder, PortBase = FreePorts.Next(LocalPorts.Count), WithoutApp = true });

        Assert.Equal(1, code);
        Assert.Contains(anyOf, sentence => told.StartsWith($"Cannot start: {sentence}", StringComparison.Ordinal));
        Assert.Single(told.TrimEnd().Split('\n'));
    }

    private static async Task<(int Code, string Told)> RunAsync(RunOptions options)
    {
        using var errors = new StringWriter();
        var code = await RunCommand.RunAsync(options with { Quiet = true }, errors);
        return (code, errors.ToString());
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(folder, name), content);
}
