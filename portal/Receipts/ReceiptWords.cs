using System.Buffers.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Receipts;

/// <summary>What a receipt says, in plain words: what its signatures prove to whoever checks them, and whose word the rest is.</summary>
internal static class ReceiptWords
{
    public static string Address(string userId, string deviceId) =>
        $"users/{Uri.EscapeDataString(userId)}/revocations/{Uri.EscapeDataString(deviceId)}/receipt";

    /// <summary>What the receipt's payload says; null when it cannot be read. Nothing is verified: for that there is <c>bloksec-verify</c>.</summary>
    public static ReceiptClaims? Read(RemovalReceipt receipt)
    {
        try
        {
            return receipt.Receipt.Split('.') is [_, var payload, _]
                && JsonSerializer.Deserialize(Base64Url.DecodeFromChars(payload), PortalJson.Default.ReceiptClaims)
                    is { Device.Id.Length: 43, Push: not null, Timeline: not null } claims
                    ? claims
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    public static (string Text, string Tone, string Icon) Outcome(ReceiptOutcome outcome) => outcome switch
    {
        ReceiptOutcome.Confirmed => ("Confirmed by the device", "good", "Check"),
        ReceiptOutcome.Learned => ("Learned at next open", "good", "Check"),
        _ => ("Not confirmed", "warn", "Blocked"),
    };

    /// <summary>What the receipt's signatures prove. The console checks none of them.</summary>
    public static IEnumerable<string> Proven(ReceiptClaims claims)
    {
        yield return "The service signed the statement on which the app erases itself, for this device and this registration.";
        if (claims.Learned is { Proof: not null })
        {
            yield return "The receipt holds what is said to be the phone's signature of a call after the removal. bloksec-verify checks it.";
        }

        if (claims.Confirmed is { Proof: not null })
        {
            yield return "The receipt holds what is said to be the phone's signature that it erased itself. bloksec-verify checks it; the service cannot make such a signature up.";
        }
    }

    /// <summary>What they do not.</summary>
    public static IEnumerable<string> NotProven(ReceiptClaims claims)
    {
        yield return claims switch
        {
            { Confirmed.Proof: not null } => "That nothing is left on the phone: a changed app can sign that it erased itself, too. Whatever is left is refused.",
            { Confirmed: not null } => "That the phone erased itself: it confirmed before signatures were kept, so that is the service's word.",
            { Learned.Proof: not null } => "That the phone erased itself. It called, and the service says that it answered with the statement.",
            { Learned: not null } => "That the phone knows: it was told before signatures were kept, so that is the service's word.",
            _ => "That the phone knows of its removal, or that it erased itself. Nothing was heard of it. It is refused all the same.",
        };
        yield return "Whose phone it was, who asked for the removal, and why. That is the service's word.";
        yield return "The times. They are the service's word; where the phone signed, it signed its own time, which bloksec-verify compares.";
        yield return claims.Push.Provider is { } provider
            ? $"That the push reached the phone. {Outside.Isolate(provider)} took it, as the service says; its id is in the receipt."
            : "That a push reached the phone.";
    }

    /// <summary>Who asked, such as <c>Alice Adams (subject 1234)</c>.</summary>
    public static string By(ReceiptRequest? request) => request switch
    {
        null => "not known any more",
        { Subject: { } subject, ByKind: AuditActorKinds.Administrator } => $"{Outside.Isolate(request.By)} (subject {Outside.Isolate(subject)})",
        { Subject: { } device, ByKind: AuditActorKinds.Phone } => $"{Outside.Isolate(request.By)} (device {Outside.Isolate(device)})",
        _ => Outside.Isolate(request.By),
    };

    /// <summary>What became of the push.</summary>
    public static string Push(ReceiptPush push, Moments moments) => push switch
    {
        { AcceptedAt: { } at, Provider: { } provider } => $"{provider} took it at {moments.Exact(at)}.",
        { AcceptedAt: { } at } => $"It was taken at {moments.Exact(at)}.",
        { Reason: { Length: > 0 } reason } => Outside.Isolate(reason),
        { State: RevokePushState.Queued } => "It is on its way.",
        _ => "None was taken.",
    };

    /// <summary>The name of the file that it is saved as.</summary>
    public static string FileName(ReceiptClaims claims) => $"removal-receipt-{claims.User}-{claims.Device.Id[..8]}.jws";
}
