using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.SignIns;

/// <summary>What administrators see of sign-ins.</summary>
internal static class SignInViews
{
    public static AuthenticationRequestDetails ToDetails(this AuthenticationRequestDocument request, DateTimeOffset now) => new(
        request.RequestId,
        request.ApplicationName.Shown(),
        request.Method,
        request.StatusAt(now),
        request.Country,
        request.City,
        request.IpAddress,
        request.IssuedAt,
        request.RetrievedAt,
        request.RespondedAt,
        request.DeviceId);
}
