using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Applications;
using BlokSec.Portal.Approvals;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Provisioning;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Tests.Parts;

/// <summary>What is typed in a dialog when the session ends, and after who typed it, or another administrator, has signed in.</summary>
public sealed class KeptDialogTests : ConsoleTest
{
    private static readonly ApplicationDetails Payroll = new("app-1", "Payroll", "client-1", ApplicationState.Enabled, Samples.Now, "\"1\"");

    private static readonly ApplicationDetails Wiki = Payroll with { ApplicationId = "app-2", Name = "Wiki", ClientId = "client-2" };

    private static readonly ApprovalDetails Pending = new(
        new string('1', 32),
        "remove-device",
        "Remove a device of Maria Lopez",
        "maria-lopez",
        "Lost in a taxi",
        "Alice Adams",
        Samples.Now.AddMinutes(-5),
        Samples.Now.AddMinutes(55),
        ApprovalState.Pending,
        CanDecide: true,
        DecidedBy: null,
        DecidedAt: null,
        Note: null);

    private static UserDetails Suspended => Samples.User() with { Suspension = new SuspensionDetails(Samples.Now, "Alice Adams", "Leave", IsByDirectory: false) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_reason_of_a_suspension_or_reactivation_is_kept(bool isReactivation)
    {
        SessionEnds("POST /api/users/maria-lopez/suspension");
        SessionEnds("POST /api/users/maria-lopez/reactivation");
        var header = Header(isReactivation ? Suspended : Samples.User());
        header.Find(isReactivation ? "[data-testid=reactivate-user]" : "[data-testid=suspend-user]").Click();
        header.Find("#suspension-reason").Input("On leave");
        header.Find("#suspension-form").Submit();

        header.WaitForAssertion(() => Assert.Equal(
            new KeptSuspension(isReactivation, "On leave"), Kept(KeptSuspension.Dialog, "maria-lopez", PortalJson.Default.KeptSuspension)));
    }

    [Fact]
    public void A_suspension_goes_on_with_its_reason_unless_it_was_done_meanwhile()
    {
        var typed = new KeptSuspension(IsReactivation: false, "On leave");

        Assert.Equal("On leave", Header(Samples.User(), typed).Find("#suspension-reason").GetAttribute("value"));
        Assert.Empty(Header(Suspended, typed).FindAll("#suspension-reason"));
        Assert.Equal("On leave", Header(Suspended, typed with { IsReactivation = true }).Find("#suspension-reason").GetAttribute("value"));
        Assert.Empty(Header(Samples.User(), typed, Samples.Reader).FindAll("#suspension-reason"));
    }

    [Fact]
    public void The_account_that_was_about_to_be_added_is_kept_and_goes_on()
    {
        Listed();
        SessionEnds("POST /api/users/maria-lopez/accounts");
        var section = Section(kept: null);
        section.Find("[data-testid=add-account]").Click();
        section.WaitForElement("#account-application").Change("app-2");
        section.Find("#account-name").Input("maria.l");
        section.Find("#add-account-form").Submit();

        CreateAccountRequest? kept = null;
        section.WaitForAssertion(() => kept = Kept(AddAccountDialog.Dialog, "maria-lopez", PortalJson.Default.CreateAccountRequest));
        Assert.Equal(("app-2", "maria.l"), (kept!.ApplicationId, kept.AccountName));
        var again = Section(kept);
        Assert.Equal("app-2", again.WaitForElement("#account-application").GetAttribute("value"));
        Assert.Equal("maria.l", again.Find("#account-name").GetAttribute("value"));
    }

    [Fact]
    public void An_application_that_was_about_to_be_registered_is_kept()
    {
        Listed();
        SessionEnds("POST /api/applications");
        var page = Shown<ApplicationsPage>();
        page.Find("[data-testid=register-application]").Click();
        page.Find("#application-name").Input("Ledger");
        page.Find("#application-clientId").Input("client-3");
        page.Find("#application-applicationId").Input("app-3");
        page.Find("#application-form").Submit();

        CreateApplicationRequest? kept = null;
        page.WaitForAssertion(() => kept = Kept(ApplicationDialog.Dialog, "", PortalJson.Default.CreateApplicationRequest));
        Assert.Equal(("Ledger", "client-3", "app-3"), (kept!.Name, kept.ClientId, kept.ApplicationId));
    }

    [Theory]
    [InlineData("contoso/alice", true)]
    [InlineData("contoso/bob", false)]
    public void An_application_is_registered_further_by_who_typed_it(string owner, bool isOpen)
    {
        Listed();
        var typed = new CreateApplicationRequest { Name = "Ledger", ClientId = "client-3" };
        Waiting(owner, ApplicationDialog.Dialog, "", typed, PortalJson.Default.CreateApplicationRequest);

        var page = Shown<ApplicationsPage>();

        page.WaitForAssertion(() => Browser.VerifyInvoke("take"));
        Assert.Equal(isOpen ? "Ledger" : null, page.FindAll("#application-name").SingleOrDefault()?.GetAttribute("value"));
    }

    [Theory]
    [InlineData("contoso/alice", "app-1", true)]
    [InlineData("contoso/alice", "app-2", false)]
    [InlineData("contoso/bob", "app-1", false)]
    public void An_application_is_edited_further_by_who_typed_it(string owner, string about, bool isOpen)
    {
        Stub.Answer("GET /api/applications/app-1", Payroll, PortalJson.Default.ApplicationDetails)
            .Answer("GET /api/applications/app-1/accounts?", new ApplicationAccountList([], null), PortalJson.Default.ApplicationAccountList)
            .Answer("GET /api/signals/streams", new EventStreamList([]), PortalJson.Default.EventStreamList);
        SessionEnds("PATCH /api/applications/app-1");
        var typed = new CreateApplicationRequest { Name = "Payroll and travel", ClientId = "client-1" };
        Waiting(owner, ApplicationDialog.Dialog, about, typed, PortalJson.Default.CreateApplicationRequest);

        var page = Shown<ApplicationPage>(parameters => parameters.Add(shown => shown.ApplicationId, "app-1"));

        page.WaitForElement("[data-testid=edit-application]");
        page.WaitForAssertion(() => Browser.VerifyInvoke("take"));
        page.WaitForAssertion(() => Assert.Equal(
            isOpen ? "Payroll and travel" : null, page.FindAll("#application-name").SingleOrDefault()?.GetAttribute("value")));
        if (isOpen)
        {
            page.Find("#application-form").Submit();
            page.WaitForAssertion(() => Assert.Equal(
                "Payroll and travel", Kept(ApplicationDialog.Dialog, "app-1", PortalJson.Default.CreateApplicationRequest)?.Name));
        }
    }

    [Fact]
    public void A_token_that_was_about_to_be_made_is_kept()
    {
        Tokens();
        SessionEnds("POST /api/provisioning/tokens");
        var page = Shown<ProvisioningPage>();
        page.Find("[data-testid=create-token]").Click();
        page.Find("#token-name").Input("Okta");
        page.Find("#token-days").Change("90");
        page.Find("#token-form").Submit();

        page.WaitForAssertion(() => Assert.Equal(
            new CreateProvisioningTokenRequest("Okta") { ExpiresInDays = 90 }, Kept(TokenDialog.Dialog, "", PortalJson.Default.CreateProvisioningTokenRequest)));
    }

    [Theory]
    [InlineData("contoso/alice", true)]
    [InlineData("contoso/bob", false)]
    public void A_token_is_made_by_who_typed_its_name(string owner, bool isOpen)
    {
        Tokens();
        Waiting(
            owner, TokenDialog.Dialog, "", new CreateProvisioningTokenRequest("Okta") { ExpiresInDays = 90 }, PortalJson.Default.CreateProvisioningTokenRequest);

        var page = Shown<ProvisioningPage>();

        page.WaitForAssertion(() => Browser.VerifyInvoke("take"));
        Assert.Equal(
            isOpen ? ("Okta", "90") : (null, null),
            (page.FindAll("#token-name").SingleOrDefault()?.GetAttribute("value"), page.FindAll("#token-days").SingleOrDefault()?.GetAttribute("value")));
    }

    [Fact]
    public void A_word_to_a_colleague_is_kept()
    {
        Approvals(Pending);
        SessionEnds($"POST /api/approvals/{Pending.ApprovalId}/decision");
        var page = Shown<ApprovalsPage>();
        page.WaitForElements("[data-testid=approval] button")[1].Click();
        page.Find("#decision-note").Input("Not now");
        page.Find("#decision-form").Submit();

        page.WaitForAssertion(() => Assert.Equal(
            new KeptDecision(Pending.ApprovalId, Approves: false, "Not now"), Kept(KeptDecision.Dialog, "", PortalJson.Default.KeptDecision)));
    }

    [Theory]
    [InlineData("contoso/alice", true, true)]
    [InlineData("contoso/alice", false, false)]
    [InlineData("contoso/bob", true, false)]
    public void A_decision_goes_on_for_who_typed_it_while_it_can_be_made(string owner, bool canDecide, bool isOpen)
    {
        Approvals(Pending with { CanDecide = canDecide });
        Waiting(owner, KeptDecision.Dialog, "", new KeptDecision(Pending.ApprovalId, Approves: false, "Not now"), PortalJson.Default.KeptDecision);

        var page = Shown<ApprovalsPage>();

        page.WaitForElement("[data-testid=approval]");
        page.WaitForAssertion(() => Browser.VerifyInvoke("take"));
        page.WaitForAssertion(() => Assert.Equal(
            isOpen ? "Not now" : null, page.FindAll("#decision-note").SingleOrDefault()?.GetAttribute("value")));
        Assert.Equal(isOpen ? 1 : 0, page.FindAll("#decision-form").Count);
    }

    private void SessionEnds(string request) => Stub.Refuse(request, HttpStatusCode.Unauthorized, ProblemCodes.InsufficientUserAuthentication);

    private void Waiting<T>(string owner, string dialog, string about, T typed, JsonTypeInfo<T> type) => Browser.Setup<string?>("take", _ => true)
        .SetResult(JsonSerializer.Serialize(KeptDraft.Of(owner, dialog, about, typed, type), PortalJson.Default.KeptDraft));

    /// <summary>What was kept last, for just this administrator.</summary>
    private T? Kept<T>(string dialog, string about, JsonTypeInfo<T> type)
        where T : class
    {
        var text = (string)Browser.Invocations.Last(call => call.Identifier == "keep").Arguments[1]!;
        var kept = JsonSerializer.Deserialize(text, PortalJson.Default.KeptDraft)!;
        Assert.Equal((Samples.Everything.Id, about), (kept.Owner, kept.About));
        return kept.In(dialog, type);
    }

    private void Listed() => Stub.Answer("GET /api/applications?pageSize=200", new ApplicationList([Payroll, Wiki], null), PortalJson.Default.ApplicationList);

    private void Tokens() => Stub.Answer(
        "GET /api/provisioning/tokens", new ProvisioningTokenList("https://api.test/api/scim/v2", []), PortalJson.Default.ProvisioningTokenList);

    private void Approvals(params ApprovalDetails[] approvals) =>
        Stub.Answer("GET /api/approvals?", new ApprovalList(approvals, null), PortalJson.Default.ApprovalList);

    private IRenderedComponent<UserHeader> Header(UserDetails user, KeptSuspension? kept = null, Administrator? administrator = null) =>
        Render<UserHeader>(parameters => parameters
            .AddCascadingValue(administrator ?? Samples.Everything)
            .Add(header => header.User, user)
            .Add(header => header.KeptSuspension, kept));

    private IRenderedComponent<AccountsSection> Section(CreateAccountRequest? kept) => Render<AccountsSection>(parameters => parameters
        .AddCascadingValue(Samples.Everything)
        .Add(section => section.User, Samples.User())
        .Add(section => section.KeptAccount, kept));

    private IRenderedComponent<T> Shown<T>(Action<ComponentParameterCollectionBuilder<T>>? further = null)
        where T : IComponent
    {
        RenderTree.TryAdd<CascadingValue<Administrator>>(parameters => parameters.Add(value => value.Value, Samples.Everything));
        return Render<T>(parameters => further?.Invoke(parameters));
    }
}
