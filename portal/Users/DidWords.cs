using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Users;

/// <summary>From when to when a user had a DID, and why it ended, in plain words.</summary>
internal static class DidWords
{
    public static string From(DidDetails did, Moments moments) =>
        did.From is { } from ? $"Enrolled on {moments.Exact(from)}" : "Enrolled before this was recorded";

    public static string Device(DidDetails did) => did.DeviceName is { } name ? $"with {Outside.Isolate(name)}." : "";

    public static string End(DidDetails did, UserDetails user, Moments moments) => did switch
    {
        { To: { } to, EndedBy: { } by } =>
            $"Ended on {moments.Exact(to)}: all devices were unregistered by {Outside.Isolate(by)}{(did.Reason is { } reason ? $", “{Outside.Isolate(reason)}”" : "")}.",
        { To: { } to } => $"Ended on {moments.Exact(to)}: all devices were unregistered.",
        _ when did.Did == user.Did => "This is the present one.",
        _ => "Ended before this was recorded: all devices were unregistered.",
    };
}
