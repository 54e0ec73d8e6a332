using BlokSec.Functions.Accounts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Applications;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.AuditStreams;
using BlokSec.Functions.AuthenticationRequests;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Enrollment;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Imports;
using BlokSec.Functions.Mail;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.OpenApi;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Overviews;
using BlokSec.Functions.Owners;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Provisioning;
using BlokSec.Functions.Push;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Scim;
using BlokSec.Functions.Security;
using BlokSec.Functions.Signals;
using BlokSec.Functions.SignIns;
using BlokSec.Functions.Telemetry;
using BlokSec.Functions.Users;
using Microsoft.Azure.Functions.Worker.Builder;

namespace BlokSec.Functions;

/// <summary>The function app's table of contents.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => CreateBuilder(args).Build().RunFunctionsAsync();

    /// <summary>The whole app, before it is built: a test may still change its settings.</summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.AddFunctionsWorker();
        builder.AddTelemetry();
        builder.AddIdentities();
        builder.AddMessaging();
        builder.Services.AddPush();
        builder.AddSecurity();
        builder.AddAdministrators();
        builder.AddPolicies();
        builder.AddOwners();
        builder.AddUsers();
        builder.AddMail();
        builder.AddSignals();
        builder.AddApplications();
        builder.AddAuditChain();
        builder.AddAuditStreams();
        builder.AddImports();
        builder.AddAccounts();
        builder.AddDevices();
        builder.AddClaims();
        builder.AddEnrollment();
        builder.AddRevocations();
        builder.AddOperations();
        builder.AddBulk();
        builder.AddAuthenticationRequests();
        builder.AddSignIns();
        builder.AddProvisioning();
        builder.AddScim();
        builder.AddOverviews();
        builder.AddApiDescription();
        return builder;
    }
}
