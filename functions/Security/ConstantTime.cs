using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Security;

/// <summary>Compares without telling by its duration how much of a secret or a digest was right.</summary>
internal static class ConstantTime
{
    public static bool Equals(string expected, string actual) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(actual));
}
