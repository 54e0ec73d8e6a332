using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace BlokSec.Local.Portal;

/// <summary>Which file answers an address.</summary>
internal static partial class PortalPaths
{
    public const string Settings = "/settings.json";

    private const string Page = "/index.html";

    // The best first
    private static readonly (string Encoding, string Extension)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    /// <summary>What static files are; those of .NET in the browser among them.</summary>
    public static FileExtensionContentTypeProvider ContentTypes { get; } = new()
    {
        Mappings =
        {
            [".blat"] = "application/octet-stream",
            [".br"] = "application/octet-stream",
            [".dat"] = "application/octet-stream",
            [".dll"] = "application/octet-stream",
            [".gz"] = "application/octet-stream",
            [".pdb"] = "application/octet-stream",
        },
    };

    /// <summary>Turns the address of a page into the one of <c>index.html</c>, and one of a file into its compressed form.</summary>
    public static void Rewrite(HttpContext context, IFileProvider files)
    {
        var request = context.Request;
        if ((!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) || request.Path == Settings)
        {
            return;
        }

        // A name with a dot is a file's: one that is missing is not found, not a page
        if (!Path.HasExtension(request.Path) && !files.GetFileInfo(request.Path).Exists)
        {
            request.Path = Page;
        }

        foreach (var (encoding, extension) in Compressed)
        {
            if (Accepts(request, encoding) && files.GetFileInfo(request.Path + extension).Exists)
            {
                request.Path += extension;
                context.Items[typeof(PortalPaths)] = encoding;
                return;
            }
        }
    }

    /// <summary>How the file that answers is compressed; null when it is not.</summary>
    public static string? EncodingOf(HttpContext context) => (string?)context.Items[typeof(PortalPaths)];

    /// <summary>Whether the name changes with the content, so that it may be kept forever.</summary>
    public static bool IsFingerprinted(string fileName) => Fingerprint().IsMatch(fileName);

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(accepted => accepted.Value == encoding && accepted.Quality is null or > 0);

    [GeneratedRegex(@"\.[a-z0-9]{10}\.(wasm|js|dat|pdb)(\.br|\.gz)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Fingerprint();
}
