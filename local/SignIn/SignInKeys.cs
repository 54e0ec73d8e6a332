using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Local.SignIn;

/// <summary>The keys of the sign-in stand-in: one to sign tokens (P-256), and one made from it that hides authorization codes.</summary>
internal sealed class SignInKeys : IDisposable
{
    private readonly ECDsa key;

    private SignInKeys(ECDsa key)
    {
        this.key = key;
        Signing = new ECDsaSecurityKey(key);
        Signing.KeyId = Base64UrlEncoder.Encode(Signing.ComputeJwkThumbprint());
        var secret = key.ExportPkcs8PrivateKey();
        Encryption = new SymmetricSecurityKey(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "authorization codes"u8.ToArray()));
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <summary>Signs tokens.</summary>
    public ECDsaSecurityKey Signing { get; }

    /// <summary>Hides what an authorization code carries.</summary>
    public SymmetricSecurityKey Encryption { get; }

    /// <summary>Loads the keys of a file, which is made at first; without a path, makes keys that are forgotten at the end.</summary>
    /// <exception cref="InvalidDataException">The file is there, but is not what was written.</exception>
    public static SignInKeys Load(string? path)
    {
        if (path is null)
        {
            return new SignInKeys(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        }

        if (!File.Exists(path))
        {
            Create(path);
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return new SignInKeys(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException(
                $"{path} does not hold the key of the sign-in service: delete it, and sign in again after the next start.", exception);
        }
    }

    public void Dispose() => key.Dispose();

    private static void Create(string path)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(made.ExportPkcs8PrivateKeyPem());
    }
}
