using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.SignIns;

/// <summary>What administrators see of sign-ins: never the number, what was typed for it, a challenge or an assertion.</summary>
internal static class SignInViews
{
    public static AuthenticationRequestDetails ToDetails(this AuthenticationRequestDocument request, DateTimeOffset now) => new(
        request.RequestId,
        request.ApplicationName.Shown(),
        request.Method.Shown(),
        request.StatusAt(now),
        request.Country?.Shown(),
        request.City?.Shown(),
        request.IpAddress?.Shown(),
        request.IssuedAt,
        request.RetrievedAt,
        request.RespondedAt,
        request.DeviceId)
    {
        ApplicationId = request.ApplicationId.Shown(),
        AccountName = request.AccountName?.Shown(),
        Reason = request.Reason,
        ExpiresAt = request.ExpiresAt,
        AnsweredBy = request.AnsweredBy,
        ForReview = request.ForReview,
    };

    /// <summary>All of one request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="devices">What is still known of its devices.</param>
    /// <param name="now">The time.</param>
    public static AuthenticationRequestRecord ToRecord(this AuthenticationRequestDocument request, PartitionSnapshot? devices, DateTimeOffset now) => new(
        request.ToDetails(now),
        request.AccountId?.Shown(),
        request.BindingMessage?.Shown(),
        request.UserAgent?.Shown(),
        Device(request.DeviceId, devices),
        Device(request.AnsweredBy, devices),
        request.Digits == 0 ? null : request.Digits,
        request.WrongNumbers.Count,
        request.PushAcceptedAt,
        request.PushReason?.Shown());

    private static SignInDevice? Device(string? deviceId, PartitionSnapshot? devices) => deviceId is null ? null : new SignInDevice(
        deviceId,
        (devices?.Device(deviceId)?.Name ?? devices?.Revocations.Find(revocation => revocation.DeviceId == deviceId)?.Name)?.Shown());
}
