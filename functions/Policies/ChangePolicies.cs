using System.ComponentModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Policies;

/// <summary>Chooses what the tenant demands of its administrators.</summary>
internal sealed class ChangePolicies(
    IdentityStore identities, CurrentPolicies current, KnownAdministrators administrators, SecondPerson second, TimeProvider time)
{
    /// <summary>Letters of all languages as they are: the text is for people, and is never put into HTML as it is.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc cref="ChangePolicies"/>
    /// <param name="context">The request.</param>
    /// <param name="request">What is chosen.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="ifMatch">The policies as the administrator saw them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ChangePolicies))]
    [Authorize(AdminPolicies.PoliciesManage)]
    [RecentSignIn]
    [ProducesResponseType<PolicyDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.Conflict, ProblemCodes.PreconditionFailed, ProblemCodes.PreconditionRequired, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "policies")] HttpContext context,
        TenantPolicies request,
        Administrator administrator,
        [FromHeader(Name = "If-Match"), Description("The ETag of the policies that were seen. Needed.")] string? ifMatch,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(ifMatch))
        {
            return Problems.Of(ProblemCodes.PreconditionRequired, "Send If-Match with the ETag of the policies you saw.");
        }

        // The ways are shown to people; the reader of JSON normalizes single texts only.
        request = request with
        {
            IdentityCheck = request.IdentityCheck with { Ways = [.. request.IdentityCheck.Ways.Select(DisplayTexts.Normalized)] },
            Scopes = request.Scopes?.Select(scope => scope with { Departments = [.. scope.Departments.Select(DisplayTexts.Normalized)] }).ToArray(),
        };
        if (request.Scopes?.Any(scope => scope.Subject == administrator.Subject) == true)
        {
            return Problems.InvalidRequest("scopes", "name yourself: another administrator has to limit you, so that somebody is left who sees the whole tenant");
        }

        var key = PoliciesDocument.KeyOf(administrator.TenantId);
        if (await DemandAsync(key, request, ifMatch, administrator, cancellationToken) is { } answer)
        {
            return answer;
        }

        var result = await identities.UpdateAsync(
            key,
            stop => identities.ReadAsync<PoliciesDocument>(key, PoliciesDocument.DocumentId, stop),
            (before, attempt) => Decide(before, attempt, request, ifMatch, administrator),
            cancellationToken);
        current.Forget(administrator.TenantId);
        if (result.Status == UpdateStatus.Contended)
        {
            return Problems.TooManyConflicts();
        }

        if (!result.Value)
        {
            return Problems.Of(ProblemCodes.PreconditionFailed, "Somebody else changed the policies meanwhile. Nothing was changed; look at them again.");
        }

        return GetPolicies.Answer(
            context,
            await identities.ReadAsync<PoliciesDocument>(key, PoliciesDocument.DocumentId, cancellationToken),
            await administrators.OfAsync(administrator.TenantId, cancellationToken));
    }

    /// <summary>What is remembered is not enough here: the policies are read.</summary>
    private async Task<IResult?> DemandAsync(
        UserKey key, TenantPolicies request, string ifMatch, Administrator administrator, CancellationToken cancellationToken)
    {
        var before = await identities.ReadAsync<PoliciesDocument>(key, PoliciesDocument.DocumentId, cancellationToken);
        var changes = Changes(before, request);
        return changes.Count == 0 || before is null
            ? null
            : await second.DemandForPoliciesAsync(
                administrator,
                new GuardedAction(
                    key,
                    "change-policies",
                    AdminPolicies.PoliciesManage,
                    $"Change policies: {string.Join(", ", changes.Select(change => $"{change.Name} from {change.Before} to {change.After}"))}",
                    Reason: null,
                    RequestIds.Fingerprint([ifMatch, .. changes.SelectMany(change => (string[])[change.Name, change.After])])),
                before.Policies.SecondPerson,
                cancellationToken);
    }

    /// <returns>False when others were chosen than the administrator saw.</returns>
    private bool Decide(PoliciesDocument? before, UpdateAttempt attempt, TenantPolicies request, string ifMatch, Administrator administrator)
    {
        var changes = Changes(before, request);
        if (changes.Count == 0)
        {
            // Chosen already, perhaps by the same request, whose answer was lost.
            return true;
        }

        if (ifMatch != (before?.ETag ?? GetPolicies.UnchosenTag))
        {
            return false;
        }

        var key = PoliciesDocument.KeyOf(administrator.TenantId);
        var after = before ?? new PoliciesDocument { Id = PoliciesDocument.DocumentId, TenantId = key.TenantId, UserId = key.UserId, Policies = request };
        attempt.Batch
            .Write(after with { Policies = request with { Scopes = request.Scopes ?? before?.Policies.Scopes } })
            .Create(key.Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.PoliciesChanged, PoliciesDocument.DocumentId) with
            {
                Before = changes.ToDictionary(change => change.Name, change => (string?)change.Before),
                After = changes.ToDictionary(change => change.Name, change => (string?)change.After),
            });
        return true;
    }

    private static List<(string Name, string Before, string After)> Changes(PoliciesDocument? before, TenantPolicies request)
    {
        var old = Words(before?.Policies ?? CurrentPolicies.Unchosen);
        return [.. Words(request with { Scopes = request.Scopes ?? before?.Policies.Scopes }).Select(policy => (policy.Key, old[policy.Key], policy.Value)).Where(change => change.Item2 != change.Value)];
    }

    private static Dictionary<string, string> Words(TenantPolicies policies) => new()
    {
        ["identityCheck"] = OnOff(policies.IdentityCheck.Required),
        ["identityCheckWays"] = Exactly(policies.IdentityCheck.Ways),
        ["claimScreenMinutes"] = Number(policies.Claims.ScreenMinutes),
        ["claimSentHours"] = Number(policies.Claims.SentHours),
        ["holdMinutes"] = Number(policies.HoldMinutes),
        ["secondPersonForMany"] = OnOff(policies.SecondPerson.ForMany),
        ["secondPersonForAdministrators"] = OnOff(policies.SecondPerson.ForAdministrators),
        ["secondPersonWithinMinutes"] = Number(policies.SecondPerson.WithinMinutes),
        ["scopes"] = Exactly((policies.Scopes ?? []).ToDictionary(scope => scope.Subject, scope => scope.Departments)),
    };

    /// <summary>As JSON: two lists that are not the same never look the same, whatever characters their texts have.</summary>
    private static string Exactly(object list) => JsonSerializer.Serialize(list, Readable);

    private static string OnOff(bool isOn) => isOn ? "on" : "off";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
