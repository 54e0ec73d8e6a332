using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using QRCoder;

namespace BlokSec.Functions.Claims;

/// <summary>The claim's QR code: SVG, or PNG where the caller prefers it.</summary>
internal sealed class GetClaimQr(IdentityStore identities, ClaimViews views, SecondPerson second)
{
    private const string Svg = "image/svg+xml";

    private const string Png = "image/png";

    private const int PixelsPerModule = 10;

    /// <inheritdoc cref="GetClaimQr"/>
    /// <param name="context">The request; <c>Accept</c> chooses the format.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetClaimQr))]
    [Authorize(AdminPolicies.DevicesManage)]
    [RecentSignIn]
    [ProducesResponseType<string>(StatusCodes.Status200OK, Svg, Png)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.NotAcceptable, ProblemCodes.IdentityCheckRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/claim/qr")] HttpContext context,
        string userId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (AcceptedFormat.Of(context.Request, Svg, Png) is not { } format)
        {
            return Problems.Of(ProblemCodes.NotAcceptable, $"Accept: {Svg} and {Png} are available.");
        }

        var key = new UserKey(administrator.TenantId, userId);
        if (await second.RefuseHigherAsync(administrator, key, cancellationToken) is { } higher)
        {
            return higher;
        }

        var claim = await identities.ReadAsync<ClaimDocument>(key, ClaimDocument.DocumentId, cancellationToken);
        var details = await views.OfAsync(claim, administrator, cancellationToken);
        if (details?.Link is not { } link)
        {
            return details?.IdentityCheckRequired == true ? OpenClaims.IdentityCheckMissing() : Problems.NotFound("open claim");
        }

        using var data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.Q);
        if (format == Png)
        {
            using var png = new PngByteQRCode(data);
            return TypedResults.Bytes(png.GetGraphic(PixelsPerModule), Png);
        }

        using var svg = new SvgQRCode(data);
        return TypedResults.Text(svg.GetGraphic(PixelsPerModule), Svg);
    }
}
