namespace BlokSec.Portal.Removals;

/// <summary>What is known about a removal that was sent and not answered with its operation.</summary>
internal enum RemovalOutcome
{
    /// <summary>Nothing was sent, or the answer says it all.</summary>
    None,

    /// <summary>The API refused it, or the user as read since shows that it was not done.</summary>
    NothingDone,

    /// <summary>The answer was lost; the user is being read.</summary>
    Looking,

    /// <summary>The answer was lost, and the user cannot be read either.</summary>
    Unknown,

    /// <summary>It was done, although its operation is not listed any more.</summary>
    Done,
}
