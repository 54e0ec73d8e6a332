using System.Diagnostics;

namespace BlokSec.Infra.Tests;

/// <summary>Runs a hook as azd does, in a folder of its own, with stand-ins for the commands that would reach Azure.</summary>
internal sealed class Shell : IDisposable
{
    /// <summary>Knows secrets by files in <c>secrets/</c>, and writes down how it was called.</summary>
    private const string FakeAz = """
        #!/bin/sh
        printf '%s\n' "$@" >> "$FAKE/called"
        echo -- >> "$FAKE/called"
        command="$1 $2 $3"
        while [ $# -gt 0 ]; do
          case "$1" in --name) name=$2 ;; --file) file=$2 ;; esac
          shift
        done
        case "$command" in
          "keyvault secret show")
            [ -z "$FAKE_REFUSES" ] || { echo "(Forbidden) Caller is not authorized" >&2; exit 1; }
            [ -f "$FAKE/secrets/$name" ] || { echo "(SecretNotFound) A secret with (name/id) $name was not found" >&2; exit 3; } ;;
          "keyvault secret set") cp "$file" "$FAKE/secrets/$name" ;;
          "ad app create") echo 33333333-3333-3333-3333-333333333333 ;;
          "ad app show" | "ad sp show" | "ad signed-in-user show") echo 55555555-5555-5555-5555-555555555555 ;;
        esac
        """;

    private const string FakeAzd = """
        #!/bin/sh
        echo "azd $*" >> "$FAKE/called"
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bloksec-hooks-");

    public Shell()
    {
        foreach (var name in new[] { "bin", "secrets", "temp", "infra/hooks" })
        {
            Directory.CreateDirectory(PathOf(name));
        }

        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("infra", "hooks")))
        {
            File.Copy(file, PathOf("infra/hooks", Path.GetFileName(file)));
        }

        File.Copy(Repository.PathOf("infra", "staticwebapp.config.json"), PathOf("infra/staticwebapp.config.json"));
        Executable("bin/az", FakeAz);
        Executable("bin/azd", FakeAzd);
    }

    public string Called => File.Exists(PathOf("called")) ? File.ReadAllText(PathOf("called")) : "";

    public string PathOf(params string[] parts) => Path.Combine([folder.FullName, .. parts]);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public string? Secret(string name) => File.Exists(PathOf("secrets", name)) ? File.ReadAllText(PathOf("secrets", name)) : null;

    public (int ExitCode, string Output) Run(string hook, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("sh", [PathOf("infra/hooks", hook)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullName,
        };
        start.Environment["PATH"] = $"{PathOf("bin")}{Path.PathSeparator}{start.Environment["PATH"]}";
        start.Environment["FAKE"] = folder.FullName;
        start.Environment["FAKE_REFUSES"] = "";
        start.Environment["TMPDIR"] = PathOf("temp");
        start.Environment["AZURE_ENV_NAME"] = "test";
        start.Environment["BLOKSEC_KEY_VAULT_NAME"] = "kv-test";
        start.Environment["BLOKSEC_FUNCTION_APP_ID"] = "/subscriptions/1/sites/func-test";
        start.Environment["BLOKSEC_PORTAL_URL"] = "https://console.example.com";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void Executable(string name, string text)
    {
        File.WriteAllText(PathOf(name), text.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
