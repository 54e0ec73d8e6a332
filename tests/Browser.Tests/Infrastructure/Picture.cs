using System.Reflection;
using ZXing;
using ZXing.Common;
using ZXing.QrCode;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>What a page looks like.</summary>
internal static class Picture
{
    /// <summary>Pictures that are taken of a QR code until one can be read.</summary>
    private const int MaxPictures = 20;

    private static readonly string Repository = typeof(Picture).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "RepositoryFolder").Value!;

    /// <summary>
    /// The reader's search for the pattern of a slanted camera picture loses 14 of 2,000 perfect codes; reading the upright picture that a
    /// screenshot is lost none of them.
    /// </summary>
    private static readonly Dictionary<DecodeHintType, object> Upright = new() { [DecodeHintType.PURE_BARCODE] = true };

    /// <summary>Keeps a picture of a failed test in <c>artifacts/browser</c>.</summary>
    public static Task KeepAsync(IPage page) => page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Repository, "artifacts", "browser", $"{TestContext.Current.TestMethod!.MethodName}-{Guid.NewGuid():N}.png"),
    });

    /// <summary>Makes a picture for the documents, if it is missing or <c>BLOKSEC_SCREENSHOTS</c> asks for a new one.</summary>
    public static async Task OfDocumentsAsync(IPage page, string name)
    {
        var file = Path.Combine(Repository, "docs", "images", $"{name}.png");
        if (!File.Exists(file) || Environment.GetEnvironmentVariable("BLOKSEC_SCREENSHOTS") is { Length: > 0 })
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = file, Animations = ScreenshotAnimations.Disabled });
        }

        Assert.True(new FileInfo(file).Length > 1000);
    }

    /// <summary>Reads the QR code that is seen on the page, as a camera would: from its pixels, with a reader that is not the one that made it.</summary>
    /// <remarks>A picture that is taken while the page moves shows only a part of it: then another one is taken.</remarks>
    public static async Task<string> ReadQrAsync(ILocator seen)
    {
        for (var pictures = 0; pictures < MaxPictures; pictures++)
        {
            if (await TryReadQrAsync(seen) is { } text)
            {
                return text;
            }
        }

        throw new InvalidOperationException("No QR code can be read there.");
    }

    private static async Task<string?> TryReadQrAsync(ILocator seen)
    {
        var png = await seen.ScreenshotAsync(new LocatorScreenshotOptions { Animations = ScreenshotAnimations.Disabled });
        var blank = await seen.Page.Context.NewPageAsync();
        var pixels = await blank.EvaluateAsync<Pixels>(
            """
            async png => {
              const image = new Image();
              image.src = 'data:image/png;base64,' + png;
              await image.decode();
              // Three times as large and with a white edge: the modules of a long link are only a few pixels wide.
              const canvas = new OffscreenCanvas(3 * image.width + 80, 3 * image.height + 80);
              const context = canvas.getContext('2d');
              context.fillStyle = 'white';
              context.fillRect(0, 0, canvas.width, canvas.height);
              context.imageSmoothingEnabled = false;
              context.drawImage(image, 40, 40, 3 * image.width, 3 * image.height);
              const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
              let text = '';
              for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
              return { width, height, data: btoa(text) };
            }
            """,
            Convert.ToBase64String(png));
        await blank.CloseAsync();
        var luminance = new RGBLuminanceSource(
            Convert.FromBase64String(pixels.Data), pixels.Width, pixels.Height, RGBLuminanceSource.BitmapFormat.RGBA32);
        var reader = new QRCodeReader();
        BinaryBitmap[] pictures = [new(new HybridBinarizer(luminance)), new(new GlobalHistogramBinarizer(luminance))];
        var found = pictures.Select(bits => reader.decode(bits) ?? reader.decode(bits, Upright)).FirstOrDefault(result => result is not null);
        return found?.Text;
    }

    private sealed record Pixels
    {
        public int Width { get; init; }

        public int Height { get; init; }

        public string Data { get; init; } = "";
    }
}
