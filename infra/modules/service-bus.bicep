import { serviceBusDataOwner, serviceBusDataReceiver, serviceBusDataSender } from 'roles.bicep'

param name string
param location string
param tags object

@description('Standard is billed by message; Premium is a machine of its own, and what private endpoints need.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Messaging units of Premium.')
@allowed([1, 2, 4, 8, 16])
param capacity int

@description('The function app: sends what it queues, receives through its host.')
param workerPrincipalId string

@description('Whether the scale controller may count messages. With receive rights alone it looks at the first message only and scales slower; counting takes the owner role on the queue.')
param scaleByQueueLength bool
param workspaceId string

@description('Whether it is reached through its private endpoint only.')
param private bool

var queues = loadJsonContent('../topology.json').serviceBus.queues
var roles = union([serviceBusDataSender, serviceBusDataReceiver], scaleByQueueLength ? [serviceBusDataOwner] : [])
var assignments = flatten(map(range(0, length(queues)), queue => map(roles, role => { queue: queue, role: role })))

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: sku == 'Premium' ? { name: sku, tier: sku, capacity: capacity } : { name: sku, tier: sku }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    ...(sku == 'Premium' ? { premiumMessagingPartitions: 1 } : {})
  }

  resource networkRules 'networkRuleSets' = if (private) {
    name: 'default'
    properties: {
      publicNetworkAccess: 'Disabled'
      defaultAction: 'Deny'
      trustedServiceAccessEnabled: false
    }
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' = [
  for queue in queues: {
    parent: namespace
    name: queue.name
    properties: {
      lockDuration: 'PT${queue.lockSeconds}S'
      maxDeliveryCount: queue.maxDeliveryCount
      requiresDuplicateDetection: queue.duplicateDetectionMinutes > 0
      duplicateDetectionHistoryTimeWindow: 'PT${max(queue.duplicateDetectionMinutes, 1)}M'
      defaultMessageTimeToLive: 'P${queue.timeToLiveDays}D'
      deadLetteringOnMessageExpiration: true
      enableBatchedOperations: true
      enablePartitioning: false
      requiresSession: false
      maxSizeInMegabytes: 5120
    }
  }
]

resource worker 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for assignment in assignments: {
    name: guid(queue[assignment.queue].id, 'function-app', assignment.role)
    scope: queue[assignment.queue]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', assignment.role)
      principalId: workerPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
output fullyQualifiedNamespace string = split(split(namespace.properties.serviceBusEndpoint, '//')[1], ':')[0]
