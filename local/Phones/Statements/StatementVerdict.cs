namespace BlokSec.Local.Phones.Statements;

/// <summary>What a phone makes of a revocation statement.</summary>
internal abstract record StatementVerdict
{
    private StatementVerdict()
    {
    }

    /// <summary>Signed by the server, and about this very registration: the app resets.</summary>
    internal sealed record Genuine : StatementVerdict;

    /// <summary>About this very registration, but signed with a key that is not known yet: the app keeps it and judges it again.</summary>
    internal sealed record Undecided : StatementVerdict;

    /// <summary>Not for this registration, or not from the server: the app keeps everything.</summary>
    /// <param name="Why">For the phone's history.</param>
    internal sealed record Refused(string Why) : StatementVerdict;
}
