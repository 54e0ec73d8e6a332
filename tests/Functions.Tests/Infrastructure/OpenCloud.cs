namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>A whole system shared by the tests of one class, with a sign-in service that issues any token and an API that takes any bytes.</summary>
public sealed class OpenCloud : IAsyncLifetime
{
    internal TestIssuer Issuer { get; private set; } = null!;

    internal TestCloud Test { get; private set; } = null!;

    /// <summary>What the app exported.</summary>
    internal OtlpReceiver Telemetry { get; private set; } = null!;

    internal RawApi Api { get; private set; } = null!;

    /// <summary>An administrator of the tenant of most tests who may do everything.</summary>
    internal string Admin { get; private set; } = null!;

    /// <summary>One who may look only.</summary>
    internal string Reader => Issuer.Token(new TokenClaims { Subject = "rob", Roles = ["Users.Read"] });

    /// <summary>An application that may ask for sign-ins.</summary>
    internal string Application => Issuer.Token(new TokenClaims
    {
        Subject = "payroll",
        Roles = ["Authentication.Request", "Events.Receive"],
        Scope = null,
        Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = "payroll" },
    });

    /// <summary>One of another tenant.</summary>
    internal string Neighbour => Issuer.Token(new TokenClaims { Subject = "felix", Tenant = "fabrikam" });

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync();
        Telemetry = await OtlpReceiver.StartAsync();
        Test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string>(Telemetry.Settings)
            {
                ["Auth__Authority"] = Issuer.Address,
                ["AuditStream__Logs"] = "true",
                // Each tenant's first stream waits for it.
                ["Signals__NoStreamsSeconds"] = "1",
            },
            AuditStreamEnabled = true,
        });
        Api = await Issuer.ApiOfAsync(Test);
        Admin = Issuer.Token();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Test.DisposeAsync();
        await Telemetry.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    /// <summary>The API of another instance of the app.</summary>
    internal async Task<RawApi> StartAnotherAsync() => new(await Test.StartAnotherAsync());
}
