using System.Collections.Concurrent;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Applications;

/// <summary>An application that asks, and what it is registered as.</summary>
/// <param name="Caller">Whose token it is.</param>
/// <param name="ApplicationId">The id that its accounts name.</param>
/// <param name="Name">Its name; null when it is not registered.</param>
/// <param name="MayAsk">Whether it may ask for sign-ins.</param>
internal sealed record AskingApplication(CallingApplication Caller, string ApplicationId, string? Name, bool MayAsk);

/// <summary>
/// Finds what an application that asks is registered as, by its client id. One that is not registered has its client id as id, as before there were
/// registrations. What was found is remembered for a few seconds, so that asking costs no request more.
/// </summary>
internal sealed class AskingApplications(IdentityStore identities, TimeProvider time)
{
    /// <summary>How long an instance remembers: so long another instance may take a disabled application for enabled.</summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(10);

    /// <summary>Applications that an instance remembers.</summary>
    private const int Capacity = 10_000;

    /// <summary>More than there can be: one with the client id, one with it as its id.</summary>
    private const int MostRead = 5;

    private ConcurrentDictionary<CallingApplication, (AskingApplication Application, DateTimeOffset Until)> known = new();

    public async Task<AskingApplication> OfAsync(CallingApplication caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (known.TryGetValue(caller, out var remembered) && now < remembered.Until && remembered.Until <= now + RememberedFor)
        {
            return remembered.Application;
        }

        var found = await FindAsync(caller, cancellationToken);
        if (known.Count >= Capacity)
        {
            known = new();
        }

        known[caller] = (found, now + RememberedFor);
        return found;
    }

    /// <summary>What is remembered of the tenant is not so any more.</summary>
    public void Forget(string tenantId)
    {
        foreach (var caller in known.Keys.Where(caller => caller.TenantId == tenantId))
        {
            known.TryRemove(caller, out _);
        }
    }

    private async Task<AskingApplication> FindAsync(CallingApplication caller, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            ApplicationDocument.KeyOf(caller.TenantId),
            "c.type = 'application' AND (c.clientId = @client OR c.applicationId = @client)",
            [("@client", caller.ClientId)],
            MostRead,
            cancellationToken);

        // One that cannot be read may be disabled.
        foreach (var document in snapshot.Unreadable)
        {
            snapshot.EnsureRead(document.Id);
        }

        if (snapshot.Applications.Find(application => application.ClientId == caller.ClientId) is { } registered)
        {
            return new AskingApplication(caller, registered.ApplicationId, registered.Name, registered.State == ApplicationState.Enabled);
        }

        // A registered application asks with its own client id, and with no other.
        return new AskingApplication(caller, caller.ClientId, Name: null, MayAsk: snapshot.Applications.Count == 0);
    }
}
