import { eventGridDataSender } from 'roles.bicep'

@description('A custom topic of Event Grid that exists already, for CloudEvents 1.0: the app may send the audit to it.')
param topicName string
param senderPrincipalId string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource sender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(topic.id, 'function-app', eventGridDataSender)
  scope: topic
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventGridDataSender)
    principalId: senderPrincipalId
    principalType: 'ServicePrincipal'
  }
}
