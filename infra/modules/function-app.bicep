import {
  appleAccount
  appleSettings
  appSettings
  auditStream
  googleSettings
  hostSettings
  listSettings
  mailServer
  mailSettings
  settingsSource
  streamSettings
} from 'settings.bicep'

param name string
param planName string
param location string
param tags object

@description('The one identity: it runs the app, fetches its package and reads its secrets.')
param identityId string

@allowed([512, 2048, 4096])
param instanceMemoryMB int

@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that are always warm for HTTP calls and for revoke pushes: nobody waits for a start.')
param alwaysReadyInstances int

@description('Spread over availability zones; then at least two instances must be always ready.')
param zoneRedundant bool

@description('The subnet through which the app goes out; null: the internet.')
param subnetId string?
param packageContainerUrl string

@description('An isolated .NET worker.')
param runtime { name: string, version: string }

@description('The settings of the app and its host.')
param settings settingsSource
param apple appleAccount
param googleEnabled bool
param mail mailServer
param stream auditStream
param previousStatementKeySecrets string[]
param previousClaimKeySecrets string[]
param previousEventKeySecrets string[]

@description('The origins that a browser may call the API from.')
param allowedOrigins string[]
param workspaceId string

var alwaysReady = alwaysReadyInstances == 0
  ? []
  : [
      { name: 'http', instanceCount: alwaysReadyInstances }
      { name: 'function:SendRevokePush', instanceCount: alwaysReadyInstances }
    ]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: runtime
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        // Calls mostly wait: for the database, and polls of sign-ins for a user. SignIns:MaxHeldPolls stays below it.
        triggers: { http: { perInstanceConcurrency: 100 } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      cors: {
        allowedOrigins: allowedOrigins
        supportCredentials: false
      }
    }
  }

  resource environment 'config' = {
    name: 'appsettings'
    properties: union(
      hostSettings(settings),
      appSettings(settings),
      appleSettings(settings.keyVaultUri, apple),
      googleSettings(settings.keyVaultUri, googleEnabled),
      mailSettings(settings.keyVaultUri, mail),
      streamSettings(stream),
      listSettings('Security__Statements__PreviousKeys', settings.keyVaultUri, previousStatementKeySecrets),
      listSettings('Security__Claims__PreviousKeys', settings.keyVaultUri, previousClaimKeySecrets),
      listSettings('Security__Events__PreviousKeys', settings.keyVaultUri, previousEventKeySecrets)
    )
  }

  // Deployments come with a Microsoft Entra token, never with a publishing password.
  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource appDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource planDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: plan
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output name string = app.name
output id string = app.id
