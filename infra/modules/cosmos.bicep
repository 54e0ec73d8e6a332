@description('The users\' partitions. See infra/README.md for why consistency is strong and what is indexed.')
param name string
param location string
param tags object

@description('Regions that hold a copy and take over when the first is lost. None, or two and more: see infra/README.md.')
param secondaryLocations string[]
param zoneRedundant bool

@description('Highest request units per second of an autoscaling container, which is billed for at least a tenth of it; null: serverless, billed by request.')
param maxThroughput int?

@description('Days that a point in time can be restored to. 7 are free of charge.')
@allowed([7, 30])
param backupDays int

@description('Whether each request is logged, with the id of the document. For investigations; it costs more than the database does.')
param logRequests bool

@description('Whether the account is locked against deletion.')
param lock bool
param workerPrincipalId string
param workspaceId string

@description('Addresses (CIDR) that may reach the account over the internet when it is private. Empty: none.')
param allowedAddresses string[]

@description('Whether it is reached through its private endpoint only.')
param private bool

var topology = loadJsonContent('../topology.json').cosmos
var indexing = loadJsonContent('../cosmos-indexing.json')
var publicNetworkAccess = private && empty(allowedAddresses) ? 'Disabled' : 'Enabled'

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: maxThroughput == null ? [{ name: 'EnableServerless' }] : []
    consistencyPolicy: { defaultConsistencyLevel: 'Strong' }
    locations: [
      for (region, index) in union([location], secondaryLocations): {
        locationName: region
        failoverPriority: index
        isZoneRedundant: zoneRedundant
      }
    ]
    enableAutomaticFailover: !empty(secondaryLocations)
    enableMultipleWriteLocations: false
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: backupDays == 7 ? 'Continuous7Days' : 'Continuous30Days' }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: publicNetworkAccess
    networkAclBypass: 'None'
    ipRules: [for address in (private ? allowedAddresses : []): { ipAddressOrRange: address }]
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = {
  parent: account
  name: topology.database
  properties: {
    resource: { id: topology.database }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = [
  for container in topology.containers: {
    parent: database
    name: container.name
    properties: {
      resource: union(
        {
          id: container.name
          partitionKey: {
            kind: length(container.partitionKey) == 1 ? 'Hash' : 'MultiHash'
            version: 2
            paths: container.partitionKey
          }
          indexingPolicy: indexing[container.name]
        },
        contains(container, 'defaultTtlSeconds') ? { defaultTtl: container.defaultTtlSeconds! } : {}
      )
      options: maxThroughput == null ? {} : { autoscaleSettings: { maxThroughput: maxThroughput! } }
    }
  }
]

// Reads, queries and writes documents. No change feed, no stored procedures, no conflicts, no management of anything.
resource role 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'identities-worker')
  properties: {
    roleName: 'BlokSec identities worker'
    type: 'CustomRole'
    assignableScopes: [account.id]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/readMetadata'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
          // Create, read, replace, upsert, delete and patch: the app does all of them.
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/*'
        ]
      }
    ]
  }
}

// An owner is entered once: nobody who acts as the app can give a key to somebody else, or forget whose it was.
resource ownersRole 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'owners-worker')
  properties: {
    roleName: 'BlokSec owners worker'
    type: 'CustomRole'
    assignableScopes: [account.id]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/readMetadata'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
        ]
      }
    ]
  }
}

var roleIds = { identities: role.id, owners: ownersRole.id }

resource workers 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for (container, index) in topology.containers: {
    parent: account
    name: guid(account.id, 'function-app', roleIds[container.name], container.name)
    properties: {
      roleDefinitionId: roleIds[container.name]
      principalId: workerPrincipalId
      scope: '${account.id}/dbs/${database.name}/colls/${containers[index].name}'
    }
  }
]

resource deletionLock 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Revocations stay here forever: without them removed devices could not be informed.'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: account
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      for category in union(['ControlPlaneRequests'], logRequests ? ['DataPlaneRequests'] : []): {
        category: category
        enabled: true
      }
    ]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
output database string = topology.database
output container string = topology.containers[0].name
output ownersContainer string = topology.containers[1].name
