targetScope = 'subscription'

metadata description = 'BlokSec User & Device Management: function app, queues, database, keys, console, telemetry and alerts.'

// -- What is asked for ---------------------------------------------------------------------------------------------------------------

@description('Names the environment, such as `prod`; resource names are derived from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Where everything is.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Where the console is registered; its files are served from everywhere.')
@allowed(['westus2', 'centralus', 'eastus2', 'westeurope', 'eastasia'])
param portalLocation string = 'westeurope'

@description('`small`: one tenant, billed by use, a few euros when idle. `large`: many administrators, zone redundant, nobody waits for a start. Every value of it can be overridden below.')
@allowed(['small', 'large'])
param size string = 'small'

@description('Whether data is reached in a virtual network only. Phones and administrators still call the API over the internet.')
param privateNetwork bool = false

@description('Addresses (CIDR) that may still reach vault and database over the internet when privateNetwork is set: where operators sit.')
param operatorAddresses string[] = []

// -- Who signs in --------------------------------------------------------------------------------------------------------------------

@description('The `aud` of access tokens: the client id of the API\'s app registration (infra/hooks/register-app.sh makes it).')
@minLength(1)
param apiClientId string

@description('The OIDC issuer. Empty: this Microsoft Entra tenant.')
param authority string = ''

@description('The claim that names an administrator\'s tenant. Empty: `tid`, which Microsoft Entra sets.')
param tenantClaim string = ''

// -- Addresses -----------------------------------------------------------------------------------------------------------------------

@description('The public address of the API, when it has a name of its own. Phones sign it: it must not change afterwards. Empty: that of the function app.')
param apiPublicUrl string = ''

@description('Origins of the console besides that of the Static Web App, such as its custom domain.')
param portalOrigins string[] = []

@description('The host of claim links, which phones open into the app.')
param appHost string = 'app.bloksec.io'

// -- Push ----------------------------------------------------------------------------------------------------------------------------

@description('How Apple knows us. All of them, or none: then pushes to iPhones wait. The key itself is the secret `apns-private-key`.')
param apnsKeyId string = ''
param apnsTeamId string = ''
param apnsTopic string = ''

@description('Whether the secret `fcm-service-account` is there. Without it pushes to Android phones wait.')
param fcmEnabled bool = false

// -- Mail ----------------------------------------------------------------------------------------------------------------------------

@description('The SMTP server that mails to users go to. Empty: no mails are sent.')
param mailHost string = ''
param mailPort int = 587

@allowed(['StartTls', 'Implicit'])
param mailTls string = 'StartTls'

@description('Who signs in there; the password is the secret `mail-password`. Empty: nobody.')
param mailUser string = ''

@description('The address that mails come from. Needed when there is a server.')
param mailFrom string = ''

@description('The name that mails come from.')
param mailFromName string = 'BlokSec'

@description('How users reach their help desk, as mails name it.')
param mailHelpDesk string = 'your organization\'s help desk'

// -- Streams of the audit --------------------------------------------------------------------------------------------------------------

@description('The resource id of a custom topic of Event Grid for CloudEvents 1.0 in this subscription, which gets each audit entry. Empty: none.')
param auditTopicId string = ''

@description('The endpoint of that topic, as its overview shows it: https://….eventgrid.azure.net/api/events. Needed with auditTopicId.')
param auditTopicEndpoint string = ''

@description('Whether each audit entry is written to the logs, too.')
param auditLogs bool = false

// -- Keys that were rotated ----------------------------------------------------------------------------------------------------------

@description('Names of secrets with earlier statement keys (public, PEM or JWK), newest first; see docs/operations.md.')
param previousStatementKeySecrets string[] = []

@description('Names of secrets with earlier claim keys, newest first; see docs/operations.md.')
param previousClaimKeySecrets string[] = []

@description('Secrets of the key vault with the public keys of events that were signed before, as PEM.')
param previousEventKeySecrets string[] = []

@description('Who may create and rotate secrets: an object id. Empty: nobody is granted it here.')
param keyOfficerId string = ''

// -- Who is notified -----------------------------------------------------------------------------------------------------------------

@description('Addresses that alerts are sent to.')
param alertEmails string[] = []

@description('Action groups that exist already, by id.')
param actionGroupIds string[] = []

@description('Where docs/operations.md can be read; alerts link to it.')
param runbookUrl string = 'https://github.com/bloksec/user-device-management/blob/main/docs/operations.md'

// -- Overrides of the size -----------------------------------------------------------------------------------------------------------

param zoneRedundant bool?
param maximumInstanceCount int?
param alwaysReadyInstances int?

@allowed([512, 2048, 4096])
param instanceMemoryMB int?

@description('The version of .NET, as `az functionapp list-flexconsumption-runtimes --runtime dotnet-isolated` has it.')
param dotnetVersion string = '10.0'

@allowed(['Standard', 'Premium'])
param serviceBusSku string?

@allowed([1, 2, 4, 8, 16])
param serviceBusCapacity int = 1

@description('Whether the scale controller may count messages; see infra/README.md.')
param scaleByQueueLength bool?

@description('Highest RU/s of the autoscaling container; 0: serverless. Decided once: an account keeps its kind.')
param cosmosMaxThroughput int?

@description('Further regions of the database: none, or at least two.')
param cosmosSecondaryLocations string[] = []

@allowed([7, 30])
param cosmosBackupDays int?
param logDatabaseRequests bool = false
param logRetentionDays int?
param logDailyQuotaGb int?
param addressPrefix string = '10.71.0.0/24'

// ------------------------------------------------------------------------------------------------------------------------------------

type sizePreset = {
  zoneRedundant: bool
  maximumInstanceCount: int
  alwaysReadyInstances: int
  instanceMemoryMB: 512 | 2048 | 4096
  serviceBusSku: 'Standard' | 'Premium'
  scaleByQueueLength: bool
  cosmosMaxThroughput: int
  cosmosBackupDays: 7 | 30
  logRetentionDays: int
  logDailyQuotaGb: int
  portalSku: 'Free' | 'Standard'
  lock: bool
}

var presets = {
  small: {
    zoneRedundant: false
    maximumInstanceCount: 40
    alwaysReadyInstances: 0
    instanceMemoryMB: 2048
    serviceBusSku: 'Standard'
    scaleByQueueLength: false
    cosmosMaxThroughput: 0
    cosmosBackupDays: 7
    logRetentionDays: 31
    logDailyQuotaGb: 1
    portalSku: 'Free'
    lock: false
  }
  large: {
    zoneRedundant: true
    maximumInstanceCount: 200
    alwaysReadyInstances: 2
    instanceMemoryMB: 2048
    serviceBusSku: 'Premium'
    scaleByQueueLength: true
    cosmosMaxThroughput: 10000
    cosmosBackupDays: 30
    logRetentionDays: 90
    logDailyQuotaGb: -1
    portalSku: 'Standard'
    lock: true
  }
}
var preset sizePreset = presets[size]

var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName, application: 'bloksec-user-device-management' }
var redundant = zoneRedundant ?? preset.zoneRedundant
var throughput = cosmosMaxThroughput ?? preset.cosmosMaxThroughput
var keyVaultName = 'kv-${token}'
var networkName = 'vnet-bloksec-${token}'
var functionAppName = 'func-bloksec-${token}'

// The name of a function app is its address, so that it is known before there is an app.
var publicUrl = empty(apiPublicUrl) ? 'https://${functionAppName}.azurewebsites.net' : apiPublicUrl
var entraAuthority = uri(environment().authentication.loginEndpoint, '${tenant().tenantId}/v2.0')

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-bloksec-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-bloksec-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-bloksec-${token}'
    applicationInsightsName: 'appi-bloksec-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays ?? preset.logRetentionDays
    dailyQuotaGb: logDailyQuotaGb ?? preset.logDailyQuotaGb
    publisherPrincipalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: networkName
    location: location
    tags: tags
    addressPrefix: addressPrefix
    zoneRedundant: redundant
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    zoneRedundant: redundant
    ownerPrincipalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
    private: privateNetwork
  }
}

module auditTopic 'modules/audit-topic.bicep' = if (!empty(auditTopicId)) {
  // Without a topic there is nothing to split.
  scope: resourceGroup(split('${auditTopicId}////////', '/')[4])
  params: {
    topicName: last(split(auditTopicId, '/'))
    senderPrincipalId: identity.outputs.principalId
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  scope: group
  params: {
    name: 'sb-bloksec-${token}'
    location: location
    tags: tags
    // Private endpoints are a thing of Premium.
    sku: privateNetwork ? 'Premium' : serviceBusSku ?? preset.serviceBusSku
    capacity: serviceBusCapacity
    workerPrincipalId: identity.outputs.principalId
    scaleByQueueLength: scaleByQueueLength ?? preset.scaleByQueueLength
    workspaceId: monitoring.outputs.workspaceId
    private: privateNetwork
  }
}

module cosmos 'modules/cosmos.bicep' = {
  scope: group
  params: {
    name: 'cosmos-bloksec-${token}'
    location: location
    tags: tags
    secondaryLocations: cosmosSecondaryLocations
    zoneRedundant: redundant
    maxThroughput: throughput == 0 ? null : throughput
    backupDays: cosmosBackupDays ?? preset.cosmosBackupDays
    logRequests: logDatabaseRequests
    lock: preset.lock
    workerPrincipalId: identity.outputs.principalId
    allowedAddresses: operatorAddresses
    workspaceId: monitoring.outputs.workspaceId
    private: privateNetwork
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    name: keyVaultName
    location: location
    tags: tags
    readerPrincipalId: identity.outputs.principalId
    officerPrincipalId: keyOfficerId
    allowedAddresses: operatorAddresses
    workspaceId: monitoring.outputs.workspaceId
    private: privateNetwork
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (privateNetwork) {
  scope: group
  params: {
    networkName: networkName
    location: location
    tags: tags
    subnetId: network!.outputs.endpointsSubnetId
    zoneIds: network!.outputs.zoneIds
    targets: [
      { groupId: 'blob', resourceId: storage.outputs.id }
      { groupId: 'namespace', resourceId: serviceBus.outputs.id }
      { groupId: 'Sql', resourceId: cosmos.outputs.id }
      { groupId: 'vault', resourceId: keyVault.outputs.id }
    ]
  }
}

module portal 'modules/portal.bicep' = {
  scope: group
  params: {
    name: 'stapp-bloksec-${token}'
    location: portalLocation
    tags: tags
    sku: preset.portalSku
    workspaceId: monitoring.outputs.workspaceId
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: functionAppName
    planName: 'plan-bloksec-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    instanceMemoryMB: instanceMemoryMB ?? preset.instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount ?? preset.maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances ?? preset.alwaysReadyInstances
    zoneRedundant: redundant
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : null
    runtime: { name: 'dotnet-isolated', version: dotnetVersion }
    packageContainerUrl: storage.outputs.packageContainerUrl
    settings: {
      identityClientId: identity.outputs.clientId
      applicationInsightsConnectionString: monitoring.outputs.connectionString
      storageAccount: storage.outputs.name
      auditRootsUrl: storage.outputs.auditRootsUrl
      serviceBusNamespace: serviceBus.outputs.fullyQualifiedNamespace
      cosmosEndpoint: cosmos.outputs.endpoint
      cosmosDatabase: cosmos.outputs.database
      cosmosContainer: cosmos.outputs.container
      cosmosOwnersContainer: cosmos.outputs.ownersContainer
      keyVaultUri: keyVault.outputs.uri
      publicUrl: publicUrl
      authority: empty(authority) ? entraAuthority : authority
      audience: apiClientId
      tenantClaim: empty(tenantClaim) ? 'tid' : tenantClaim
      appHost: appHost
    }
    apple: { keyId: apnsKeyId, teamId: apnsTeamId, topic: apnsTopic }
    googleEnabled: fcmEnabled
    mail: {
      host: mailHost
      port: mailPort
      tls: mailTls
      user: mailUser
      from: mailFrom
      fromName: mailFromName
      helpDesk: mailHelpDesk
    }
    stream: {
      eventGridEndpoint: auditTopicEndpoint
      logs: auditLogs
    }
    previousStatementKeySecrets: previousStatementKeySecrets
    previousClaimKeySecrets: previousClaimKeySecrets
    previousEventKeySecrets: previousEventKeySecrets
    allowedOrigins: union([portal.outputs.origin], portalOrigins)
    workspaceId: monitoring.outputs.workspaceId
  }
  // When the app starts, what it needs is reachable.
  dependsOn: [endpoints]
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    keyVaultId: keyVault.outputs.id
    keyVaultName: keyVaultName
    emails: alertEmails
    actionGroupIds: actionGroupIds
    runbookUrl: runbookUrl
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

// -- What azd and its hooks go on with -----------------------------------------------------------------------------------------------

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output BLOKSEC_API_URL string = publicUrl
output BLOKSEC_AUTHORITY string = empty(authority) ? entraAuthority : authority
output BLOKSEC_FUNCTION_APP_ID string = functionApp.outputs.id
output BLOKSEC_FUNCTION_APP_NAME string = functionApp.outputs.name
output BLOKSEC_KEY_VAULT_NAME string = keyVault.outputs.name
output BLOKSEC_PORTAL_NAME string = portal.outputs.name
output BLOKSEC_PORTAL_URL string = portal.outputs.origin
output BLOKSEC_SERVICE_BUS string = serviceBus.outputs.fullyQualifiedNamespace
