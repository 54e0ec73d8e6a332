import { storageBlobDataOwner } from 'roles.bicep'

@description('The Functions host\'s own storage: its leases and keys, and the package of the app; and the signed roots of the audit, which nobody can change. No data of users.')
param name string
param location string
param tags object
param zoneRedundant bool
param ownerPrincipalId string
param workspaceId string

@description('Whether it is reached through its private endpoint only.')
param private bool

@description('Days for which a signed root of the audit can be neither changed nor deleted, by anybody.')
@minValue(400)
@maxValue(146000)
param auditRootDays int = 3650

var packages = 'app-package'
var auditRoots = 'audit-roots'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: private ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource packageContainer 'containers' = {
      name: packages
      properties: { publicAccess: 'None' }
    }

    resource auditRootContainer 'containers' = {
      name: auditRoots
      properties: { publicAccess: 'None' }

      // Unlocked: whoever may change this account may still lift it. docs/operations.md tells how to lock it for good.
      resource policy 'immutabilityPolicies' = {
        name: 'default'
        properties: {
          immutabilityPeriodSinceCreationInDays: auditRootDays
          allowProtectedAppendWrites: false
        }
      }
    }
  }
}

resource owner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, 'function-app', storageBlobDataOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
    principalId: ownerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource accountDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: account
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

// Not StorageRead: the host renews leases all day long.
resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output auditRootsUrl string = '${account.properties.primaryEndpoints.blob}${auditRoots}'
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${packages}'
