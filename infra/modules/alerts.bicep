@description('What wakes a person. Each alert has a section of its name in docs/operations.md with cause and cure.')
param location string
param tags object
param workspaceId string
param serviceBusId string
param keyVaultId string
param keyVaultName string

@description('Who is notified: addresses, through an action group of this deployment.')
param emails string[]

@description('Who is notified: existing action groups.')
param actionGroupIds string[]

@description('Where docs/operations.md can be read.')
param runbookUrl string

type logAlert = {
  @description('Also the heading in docs/operations.md.')
  name: string
  description: string

  @description('0 wakes somebody at night, 3 waits for the morning.')
  severity: 0 | 1 | 2 | 3
  query: string

  @description('The columns that the alert shows.')
  dimensions: string[]
  every: string
  window: string
}

// Counters of the app (meter BlokSec.Functions) are rows of AppMetrics; docs/operations.md lists them.
var alerts logAlert[] = [
  {
    name: 'operation-without-progress'
    description: 'An operation made no progress and was queued again three times or more: something keeps its work from being done.'
    severity: 2
    query: '''
AppMetrics
| where Name == 'bloksec.operations' and tostring(Properties.outcome) == 'resumed'
| summarize Resumed = sum(Sum) by Kind = tostring(Properties.kind)
| where Resumed >= 3
'''
    dimensions: ['Kind']
    every: 'PT5M'
    window: 'PT30M'
  }
  {
    name: 'operation-failed'
    description: 'An operation was given up. Devices are blocked all the same; what is left (documents, DIDs of accounts) needs a person.'
    severity: 1
    query: '''
AppMetrics
| where Name == 'bloksec.operations' and tostring(Properties.outcome) == 'failed'
| summarize Failed = sum(Sum) by Kind = tostring(Properties.kind)
| where Failed > 0
'''
    dimensions: ['Kind']
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'document-unreadable'
    description: 'The timer that takes up work again passes over an operation or a revocation, as it cannot read its document.'
    severity: 2
    query: '''
AppMetrics
| where Name == 'bloksec.documents.unreadable'
| summarize Times = sum(Sum) by Type = tostring(Properties.type)
| where Times > 0
'''
    dimensions: ['Type']
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'provider-circuit-open'
    description: 'Apple or Google refuses us, not a device, or does not answer: no revoke push is sent there until the cause is gone.'
    severity: 1
    query: '''
AppMetrics
| where Name == 'bloksec.push.circuit_opened'
    or (Name == 'bloksec.pushes' and tostring(Properties.outcome) == 'held')
| summarize Held = sum(Sum) by Provider = tostring(Properties.provider)
| where Held > 0
'''
    dimensions: ['Provider']
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'mail-not-sent'
    description: 'The mail server does not accept us, is out for longer, or mails were given up: users are not told what happens with their account.'
    severity: 2
    query: '''
AppMetrics
| where Name == 'bloksec.mails' and tostring(Properties.outcome) in ('misconfigured', 'held', 'failed')
| summarize Mails = sum(Sum) by Outcome = tostring(Properties.outcome)
| where Mails > 0
'''
    dimensions: ['Outcome']
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'retired-did-used'
    description: 'Somebody used a DID that was reset, or a key of somebody else: a phone that was thought lost, or a copy of its keys.'
    severity: 1
    query: '''
AppMetrics
| where Name == 'bloksec.security.events' and tostring(Properties.event) in ('retired-did-used', 'key-in-use')
| summarize Uses = sum(Sum)
| where Uses > 0
'''
    dimensions: []
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'audit-broken'
    description: 'Sealed audit entries or their chain were changed or deleted by somebody who can write to the database.'
    severity: 1
    query: '''
AppMetrics
| where Name == 'bloksec.security.events' and tostring(Properties.event) == 'audit-broken'
| summarize Breaks = sum(Sum)
| where Breaks > 0
'''
    dimensions: []
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'audit-not-streamed'
    description: 'The receiver of the audit takes nothing, or nothing of one tenant: entries wait in the database and are sent when it is back.'
    severity: 2
    query: '''
AppMetrics
| where Name == 'bloksec.audit.streamed'
| summarize Sent = sumif(Sum, tostring(Properties.outcome) == 'sent'), Failed = sumif(Sum, tostring(Properties.outcome) == 'failed'), Stuck = sumif(Sum, tostring(Properties.outcome) == 'stuck') by Stream = tostring(Properties.stream)
| where Stuck > 0 or (Failed > 0 and Sent == 0)
'''
    dimensions: ['Stream']
    every: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'claim-attacked'
    description: 'Somebody has a part of a claim\'s code and tries the rest, or the whole code of a claim that was used.'
    severity: 2
    query: '''
AppMetrics
| where Name == 'bloksec.security.events' and tostring(Properties.event) in ('claim-locked', 'claim-code-wrong', 'claim-used-again')
| summarize Tries = sum(Sum)
| where Tries > 0
'''
    dimensions: []
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'error-rate'
    description: 'More than one in twenty calls was answered with an error of ours (5xx).'
    severity: 1
    query: '''
AppMetrics
| where Name == 'http.server.request.duration'
| extend Status = toint(Properties['http.response.status_code'])
| summarize Calls = sum(ItemCount), Errors = sumif(ItemCount, Status >= 500)
| where Errors >= 5 and Errors * 20 > Calls
'''
    dimensions: []
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'app-silent'
    description: 'The timer that takes up work again has not run for a quarter of an hour: the app does not start, or cannot tell.'
    severity: 1
    query: '''
AppMetrics
| where Name == 'bloksec.invocation.requests' and tostring(Properties.function) == 'ResumeOperations'
| summarize Runs = count()
| where Runs == 0
'''
    dimensions: []
    every: 'PT5M'
    window: 'PT15M'
  }
]

var groupName = 'ag-bloksec'
var groupIds = union(actionGroupIds, empty(emails) ? [] : [resourceId('Microsoft.Insights/actionGroups', groupName)])

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: groupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'bloksec'
    emailReceivers: [
      for (email, index) in emails: {
        name: 'operator-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: '${alert.description} ${runbookUrl}#${alert.name}'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: map(alert.dimensions, dimension => { name: dimension, operator: 'Include', values: ['*'] })
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      // A new workspace has no rows of these tables yet.
      skipQueryValidation: true
      actions: { actionGroups: groupIds }
    }
    dependsOn: [group]
  }
]

resource deadLettered 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'message-dead-lettered'
  location: 'global'
  tags: tags
  properties: {
    description: 'A message could not be carried out and lies in the dead-letter queue. ${runbookUrl}#message-dead-lettered'
    severity: 2
    enabled: true
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-lettered'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    autoMitigate: true
    actions: map(groupIds, id => { actionGroupId: id })
  }
  dependsOn: [group]
}

resource backlog 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'messages-waiting'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages that are due have been waiting for a quarter of an hour: the app does not receive, or cannot keep up. ${runbookUrl}#messages-waiting'
    severity: 2
    enabled: true
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'waiting'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'ActiveMessages'
          // Never empty for a whole window. Messages that are scheduled for later do not count.
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    autoMitigate: true
    actions: map(groupIds, id => { actionGroupId: id })
  }
  dependsOn: [group]
}

// Key Vault tells 30 days before a secret's expiry date, which seed-keys.sh and every rotation set.
resource vaultEvents 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: '${keyVaultName}-events'
  location: location
  tags: tags
  properties: {
    source: keyVaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource keyNearExpiry 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (!empty(groupIds)) {
  parent: vaultEvents
  name: 'key-near-expiry'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: [
        'Microsoft.KeyVault.SecretNearExpiry'
        'Microsoft.KeyVault.SecretExpired'
        'Microsoft.KeyVault.CertificateNearExpiry'
        'Microsoft.KeyVault.CertificateExpired'
        'Microsoft.KeyVault.KeyNearExpiry'
        'Microsoft.KeyVault.KeyExpired'
      ]
    }
    destination: {
      endpointType: 'MonitorAlert'
      properties: {
        severity: 'Sev2'
        description: 'A key, secret or certificate expires within 30 days, or has expired. ${runbookUrl}#key-near-expiry'
        actionGroups: groupIds
      }
    }
  }
  dependsOn: [group]
}
