namespace BlokSec.Infra.Tests;

/// <summary>No keys, no old TLS, no resource that nobody watches, and nothing public that shall be private.</summary>
public sealed class HardeningTests
{
    /// <summary>Have no logs of their own to send.</summary>
    private static readonly string[] WithoutDiagnostics =
    [
        "Microsoft.EventGrid/systemTopics",
        "Microsoft.Insights/actionGroups",
        "Microsoft.Insights/components", // Its logs are the workspace's tables.
        "Microsoft.Insights/metricAlerts",
        "Microsoft.Insights/scheduledQueryRules",
        "Microsoft.Insights/workbooks",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Network/natGateways",
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/publicIPAddresses",
        "Microsoft.Resources/resourceGroups",
    ];

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Nothing_can_be_opened_with_a_key(string size)
    {
        var deployment = Deployment.Of(size);

        Assert.True(deployment.Single("Microsoft.DocumentDB/databaseAccounts").Get<bool>("properties.disableLocalAuth"));
        Assert.True(deployment.Single("Microsoft.ServiceBus/namespaces").Get<bool>("properties.disableLocalAuth"));
        Assert.False(deployment.Single("Microsoft.Storage/storageAccounts").Get<bool>("properties.allowSharedKeyAccess"));
        Assert.False(deployment.Single("Microsoft.Storage/storageAccounts").Get<bool>("properties.allowBlobPublicAccess"));
        Assert.True(deployment.Single("Microsoft.KeyVault/vaults").Get<bool>("properties.enableRbacAuthorization"));
        Assert.True(deployment.Single("Microsoft.KeyVault/vaults").Get<bool>("properties.enablePurgeProtection"));
        Assert.True(deployment.Single("Microsoft.Insights/components").Get<bool>("properties.DisableLocalAuth"));
        Assert.True(deployment.Single("Microsoft.OperationalInsights/workspaces").Get<bool>("properties.features.disableLocalAuth"));
        Assert.All(
            deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Assert.False(policy.Get<bool>("properties.allow")));
        Assert.Equal(2, deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
    }

    /// <summary>Where the app writes the roots, no blob is changed or deleted for years, not even by who may write there.</summary>
    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Signed_roots_of_the_audit_can_be_neither_changed_nor_deleted(string size)
    {
        var deployment = Deployment.Of(size);
        var container = Assert.Single(
            deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers"), container => container.ShortName == "audit-roots");
        var policy = deployment.Single("Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies");

        Assert.Equal($"{container.Id}/immutabilityPolicies/default", policy.Id);
        Assert.Equal(3650, policy.Get<int>("properties.immutabilityPeriodSinceCreationInDays"));
        Assert.False(policy.Get<bool>("properties.allowProtectedAppendWrites"));
        Assert.Equal("None", container.Get<string>("properties.publicAccess"));
        Assert.Contains(".outputs.auditRootsUrl.value", deployment.AppSettings["AuditRoots__ContainerUri"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Everybody_speaks_tls_1_2_or_newer(string size)
    {
        var deployment = Deployment.Of(size);

        Assert.Equal("Tls12", deployment.Single("Microsoft.DocumentDB/databaseAccounts").Get<string>("properties.minimalTlsVersion"));
        Assert.Equal("1.2", deployment.Single("Microsoft.ServiceBus/namespaces").Get<string>("properties.minimumTlsVersion"));
        Assert.Equal("TLS1_2", deployment.Single("Microsoft.Storage/storageAccounts").Get<string>("properties.minimumTlsVersion"));
        Assert.True(deployment.Single("Microsoft.Storage/storageAccounts").Get<bool>("properties.supportsHttpsTrafficOnly"));
        Assert.Equal("1.2", deployment.Single("Microsoft.Web/sites").Get<string>("properties.siteConfig.minTlsVersion"));
        Assert.True(deployment.Single("Microsoft.Web/sites").Get<bool>("properties.httpsOnly"));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Every_resource_sends_its_logs_or_metrics_to_the_workspace(string size)
    {
        var deployment = Deployment.Of(size);
        var watched = deployment.OfType("Microsoft.Insights/diagnosticSettings")
            .Select(setting => setting.Id[..setting.Id.IndexOf("/providers/Microsoft.Insights/diagnosticSettings", StringComparison.Ordinal)])
            .ToHashSet();

        Assert.All(
            deployment.Resources.Where(resource =>
                resource.Type.Count('/') == 1
                && !resource.Type.StartsWith("Microsoft.Authorization/", StringComparison.Ordinal)
                && resource.Type != "Microsoft.Insights/diagnosticSettings"
                && !WithoutDiagnostics.Contains(resource.Type)),
            resource => Assert.Contains(resource.Id, watched));
    }

    [Fact]
    public void In_a_private_network_data_has_no_public_address_and_a_private_one_each()
    {
        Assert.Equal("Disabled", Deployment.Large.Single("Microsoft.DocumentDB/databaseAccounts").Get<string>("properties.publicNetworkAccess"));
        Assert.Equal("Disabled", Deployment.Large.Single("Microsoft.ServiceBus/namespaces").Get<string>("properties.publicNetworkAccess"));
        Assert.Equal("Disabled", Deployment.Large.Single("Microsoft.Storage/storageAccounts").Get<string>("properties.publicNetworkAccess"));
        Assert.Equal("Disabled", Deployment.Large.Single("Microsoft.KeyVault/vaults").Get<string>("properties.publicNetworkAccess"));
        Assert.Equal(
            ["Sql", "blob", "namespace", "vault"],
            Deployment.Large.OfType("Microsoft.Network/privateEndpoints")
                .Select(endpoint => endpoint.Get<string>("properties.privateLinkServiceConnections.0.name"))
                .Order(StringComparer.Ordinal));
        Assert.Equal("Premium", Deployment.Large.Single("Microsoft.ServiceBus/namespaces").Get<string>("sku.name"));
    }

    [Fact]
    public void The_app_in_a_private_network_still_gets_out_to_Apple_and_Google()
    {
        var network = Deployment.Large.Single("Microsoft.Network/virtualNetworks");

        Assert.Equal("Microsoft.App/environments", network.Get<string>("properties.subnets.0.properties.delegations.0.properties.serviceName"));
        Assert.Equal(
            Deployment.Large.Single("Microsoft.Network/natGateways").Id,
            network.Get<string>("properties.subnets.0.properties.natGateway.id"));
        Assert.Contains("functionsSubnetId", Deployment.Large.Single("Microsoft.Web/sites").Get<string>("properties.virtualNetworkSubnetId"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_deployment_costs_nothing_by_the_hour()
    {
        Assert.Equal("Standard", Deployment.Small.Single("Microsoft.ServiceBus/namespaces").Get<string>("sku.name"));
        Assert.Equal("EnableServerless", Deployment.Small.Single("Microsoft.DocumentDB/databaseAccounts").Get<string>("properties.capabilities.0.name"));
        Assert.Empty(Deployment.Small.Single("Microsoft.Web/sites").Json.At("properties.functionAppConfig.scaleAndConcurrency.alwaysReady")!.AsArray());
        Assert.Equal("Free", Deployment.Small.Single("Microsoft.Web/staticSites").Get<string>("sku.name"));
        Assert.Empty(Deployment.Small.OfType("Microsoft.Network/natGateways"));
    }

    [Fact]
    public void A_large_deployment_survives_the_loss_of_a_zone_and_of_a_region()
    {
        var account = Deployment.Large.Single("Microsoft.DocumentDB/databaseAccounts");

        Assert.True(Deployment.Large.Single("Microsoft.Web/serverfarms").Get<bool>("properties.zoneRedundant"));
        Assert.Equal("Standard_ZRS", Deployment.Large.Single("Microsoft.Storage/storageAccounts").Get<string>("sku.name"));
        Assert.Equal(["westeurope", "northeurope", "swedencentral"], account.Json.At("properties.locations")!.AsArray().Select(region => region!["locationName"]!.GetValue<string>()));
        Assert.All(account.Json.At("properties.locations")!.AsArray(), region => Assert.True(region!["isZoneRedundant"]!.GetValue<bool>()));
        Assert.True(account.Get<bool>("properties.enableAutomaticFailover"));
        Assert.Equal("Continuous30Days", account.Get<string>("properties.backupPolicy.continuousModeProperties.tier"));
        Assert.All(
            Deployment.Large.Single("Microsoft.Web/sites").Json.At("properties.functionAppConfig.scaleAndConcurrency.alwaysReady")!.AsArray(),
            group => Assert.True(group!["instanceCount"]!.GetValue<int>() >= 2));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Every_point_in_time_of_the_last_days_can_be_restored(string size) =>
        Assert.Equal("Continuous", Deployment.Of(size).Single("Microsoft.DocumentDB/databaseAccounts").Get<string>("properties.backupPolicy.type"));

    [Fact]
    public void A_browser_may_call_the_API_from_the_console_only()
    {
        var small = Deployment.Small.Single("Microsoft.Web/sites").Get<string>("properties.siteConfig.cors.allowedOrigins");
        var large = Deployment.Large.Single("Microsoft.Web/sites").Get<string>("properties.siteConfig.cors.allowedOrigins");

        Assert.Matches(@"^\[union\(createArray\(reference\(.*'portal-\{0\}'.*\)\.outputs\.origin\.value\), createArray\(\)\)\]$", small);
        Assert.EndsWith("createArray('https://console.example.com'))]", large, StringComparison.Ordinal);
        Assert.False(Deployment.Small.Single("Microsoft.Web/sites").Get<bool>("properties.siteConfig.cors.supportCredentials"));
    }

    [Fact]
    public void The_app_is_an_isolated_worker_on_flex_consumption_that_azd_finds()
    {
        var app = Deployment.Small.Single("Microsoft.Web/sites");

        Assert.Equal("FlexConsumption", Deployment.Small.Single("Microsoft.Web/serverfarms").Get<string>("sku.tier"));
        Assert.Equal("dotnet-isolated", app.Get<string>("properties.functionAppConfig.runtime.name"));
        Assert.Equal("UserAssignedIdentity", app.Get<string>("properties.functionAppConfig.deployment.storage.authentication.type"));
        Assert.Equal("api", app.Json["tags"]!["azd-service-name"]!.GetValue<string>());
        Assert.Equal("portal", Deployment.Small.Single("Microsoft.Web/staticSites").Json["tags"]!["azd-service-name"]!.GetValue<string>());
    }
}
