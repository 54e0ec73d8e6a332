using BlokSec.Contracts;

namespace BlokSec.Portal.Operations;

/// <summary>What became of a revoke push, in a few words.</summary>
internal static class PushWords
{
    public static string Of(RevokePushState push) => push switch
    {
        RevokePushState.Queued => "The push is being sent",
        RevokePushState.Retrying => "The push is tried again",
        RevokePushState.Accepted => "The push was accepted",
        RevokePushState.Unreachable => "Push cannot reach it",
        RevokePushState.Cancelled => "No push was sent",
        _ => "The push was given up",
    };
}
