using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Requests;

/// <summary>Sign-in requests in plain words.</summary>
internal static class RequestWords
{
    public static (string Text, string Tone) Status(AuthenticationRequestStatus status) => status switch
    {
        AuthenticationRequestStatus.Pending => ("Pending", "busy"),
        AuthenticationRequestStatus.Accepted => ("Accepted", "good"),
        AuthenticationRequestStatus.Denied => ("Denied", "bad"),
        AuthenticationRequestStatus.Expired => ("Expired", ""),
        AuthenticationRequestStatus.Passcode => ("Passcode", "good"),
        AuthenticationRequestStatus.BlokBadge => ("BlokBadge", "good"),
        _ => ("Superseded", ""),
    };

    /// <summary>Why a request was denied.</summary>
    public static string Reason(DenialReason reason) => reason switch
    {
        DenialReason.Cancelled => "cancelled",
        DenialReason.NotMe => "it was not me",
        _ => "wrong number",
    };

    /// <summary>A status as a sentence.</summary>
    public static string Explanation(AuthenticationRequestDetails request) => request.Status switch
    {
        AuthenticationRequestStatus.Pending => "It waits for the user's answer on a phone.",
        AuthenticationRequestStatus.Accepted => "The user accepted it on a phone.",
        AuthenticationRequestStatus.Denied when request.Reason is DenialReason.Cancelled => "The user cancelled it on a phone.",
        AuthenticationRequestStatus.Denied when request.Reason is DenialReason.NotMe => "The user said on a phone: it was not me.",
        AuthenticationRequestStatus.Denied when request.Reason is DenialReason.WrongNumber => "It was denied after too many wrong numbers.",
        AuthenticationRequestStatus.Denied => "It was denied on a phone.",
        AuthenticationRequestStatus.Expired => "Nobody answered in time.",
        AuthenticationRequestStatus.Superseded => "A newer request took its place, or its device was removed.",
        _ => $"The user signed in with {Status(request.Status).Text}.",
    };

    /// <summary>What an administrator does about a request that the user did not want.</summary>
    public static string WhatToDo(DenialReason reason) => reason == DenialReason.NotMe
        ? "Ask the user about it. If somebody else may know the password for this application, have it changed. If a phone of the user is missing, remove it."
        : "Ask whether it was the user who typed. If it was not, somebody else has the phone: remove it.";

    /// <summary>Such as <c>Toronto, Canada</c>; null when nothing is known.</summary>
    public static string? Place(AuthenticationRequestDetails request) =>
        string.Join(", ", new[] { request.City, request.Country }.Where(part => !string.IsNullOrEmpty(part))) is { Length: > 0 } place ? place : null;

    /// <summary>A device, for <c>Sentence</c>.</summary>
    public static string Device(SignInDevice device) => device.Name is { } name
        ? Outside.Isolate(name)
        : $"device {Outside.Isolate(device.DeviceId[..Math.Min(8, device.DeviceId.Length)])}…, which is not known any more";

    /// <summary>What the user had to type.</summary>
    public static string Number(AuthenticationRequestRecord record) => record switch
    {
        { Digits: null } => "No number had to be typed.",
        { WrongNumbers: 0 } => $"{record.Digits} digits, no wrong number typed.",
        _ => $"{record.Digits} digits, {Plural.Of(record.WrongNumbers, "wrong number")} typed.",
    };

    /// <summary>What became of a request, in order.</summary>
    public static IReadOnlyList<RequestStage> Timeline(AuthenticationRequestRecord record)
    {
        var request = record.Request;
        List<RequestStage> stages = [new("Requested by the application", "done", request.IssuedAt)];
        if (request.Method == "Push")
        {
            stages.Add(Push(record));
            stages.Add(request.RetrievedAt is { } at ? new("Opened on a phone", "done", at)
                : request.Status == AuthenticationRequestStatus.Pending ? new("Not opened on a phone yet", "open")
                : new("Not opened on a phone", "skipped"));
        }

        stages.Add(End(record));
        return stages;
    }

    private static RequestStage Push(AuthenticationRequestRecord record) => record switch
    {
        { PushAcceptedAt: { } at } => new("Push accepted by Apple or Google", "done", at),
        { PushReason: { } reason } => new("No push", "skipped", null, Outside.Isolate(reason)),
        { Device: null } => new("No push", "skipped", null, "No phone of the user could be reached. The request waited for the app to be opened."),
        { Request.Status: AuthenticationRequestStatus.Pending } => new("Push on its way", "busy"),
        _ => new("Push not confirmed", "skipped"),
    };

    private static RequestStage End(AuthenticationRequestRecord record)
    {
        var request = record.Request;
        var by = record.AnsweringDevice is { } device ? $"On {Device(device)}" : null;
        return request.Status switch
        {
            AuthenticationRequestStatus.Pending => new("Waiting for the answer", "busy"),
            AuthenticationRequestStatus.Accepted => new("Accepted", "done", request.RespondedAt, by),
            AuthenticationRequestStatus.Denied => new(
                request.Reason is { } reason ? $"Denied: {Reason(reason)}" : "Denied", "failed", request.RespondedAt, by),
            AuthenticationRequestStatus.Expired => new("Expired", "skipped", request.ExpiresAt, "Nobody answered in time."),
            AuthenticationRequestStatus.Superseded => new(
                "Superseded", "skipped", request.RespondedAt, "A newer request took its place, or its device was removed."),
            _ => new($"Signed in with {Status(request.Status).Text}", "done", request.RespondedAt),
        };
    }
}

/// <summary>One step of what became of a request.</summary>
/// <param name="Title">What happened.</param>
/// <param name="State">done, busy, open, skipped or failed.</param>
/// <param name="At">When.</param>
/// <param name="Detail">More of it, for <c>Sentence</c>.</param>
internal sealed record RequestStage(string Title, string State, DateTimeOffset? At = null, string? Detail = null);
