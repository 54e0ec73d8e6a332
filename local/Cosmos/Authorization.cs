using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Local.Cosmos;

/// <summary>
/// Checks the authorization header: <c>type=master&amp;ver=1.0&amp;sig=...</c>, an HMAC over verb, resource and date
/// (https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources), or <c>type=aad&amp;ver=1.0&amp;sig={token}</c>.
/// </summary>
internal sealed class Authorization(CosmosStandInOptions options)
{
    private const string MasterPrefix = "type=master&ver=1.0&sig=";
    private const string TokenPrefix = "type=aad&ver=1.0&sig=";

    private readonly byte[] key = Convert.FromBase64String(options.Key);

    public async Task EnsureAsync(HttpRequest request, ResourcePath path)
    {
        var header = Uri.UnescapeDataString(request.Headers.Authorization.ToString());
        var allowed = header.StartsWith(MasterPrefix, StringComparison.Ordinal) ? IsSigned(request, path, header[MasterPrefix.Length..])
            : header.StartsWith(TokenPrefix, StringComparison.Ordinal) && options.ValidateToken is { } validate
                && await validate(header[TokenPrefix.Length..]);
        if (!allowed)
        {
            throw new CosmosRefusal(
                401, "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol.");
        }
    }

    private bool IsSigned(HttpRequest request, ResourcePath path, string signature)
    {
        var given = new byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(signature, given, out var length) || length != given.Length)
        {
            return false;
        }

        // A request by resource id signs the innermost resource id alone, in lower case.
        var link = path.SignedLink;
        var id = link[(link.LastIndexOf('/') + 1)..];
        return Matches(link) || Matches(Lower(id));

        bool Matches(string resource) =>
            CryptographicOperations.FixedTimeEquals(given, Sign(request.Method, path.Kind, resource, request.Headers[CosmosHeaders.Date].ToString()));
    }

    private byte[] Sign(string method, string kind, string resource, string date) => HMACSHA256.HashData(
        key, Encoding.UTF8.GetBytes($"{Lower(method)}\n{kind}\n{resource}\n{Lower(date)}\n\n"));

    private static string Lower(string text) => CultureInfo.InvariantCulture.TextInfo.ToLower(text);
}
