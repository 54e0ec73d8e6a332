using System.Text.Json;

namespace BlokSec.Local.Phones;

/// <summary>
/// Keeps each phone in a JSON file of its own, so that it survives a restart. The private keys stand there in clear text: virtual
/// phones protect nobody, and only the owner of the folder can read it.
/// </summary>
internal sealed class PhoneFiles
{
    private readonly string folder;

    public PhoneFiles(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>All phones, in the order of their ids.</summary>
    public IReadOnlyList<PhoneState> Load() =>
        [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Replaces a phone's file as a whole: a crash leaves the old one or the new one.</summary>
    public void Save(PhoneState state)
    {
        var path = PathOf(state.Id);
        var fresh = path + ".new";
        using (var stream = new FileStream(fresh, Options()))
        {
            JsonSerializer.Serialize(stream, state, PhoneJson.Options);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Throws a phone away.</summary>
    public void Delete(string id) => File.Delete(PathOf(id));

    private string PathOf(string id) => Path.Combine(folder, id + ".json");

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static PhoneState Read(string path)
    {
        try
        {
            var state = JsonSerializer.Deserialize<PhoneState>(File.ReadAllBytes(path), PhoneJson.Options)
                ?? throw new JsonException("The file is empty.");
            return state is { Holder: null, Registration: { } registration }
                ? state with { Holder = new PhoneHolder(registration.TenantId, registration.UserId) }
                : state;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The phone in {path} cannot be read; delete the file to go on without it.", e);
        }
    }
}
