@description('The admin console: static files. What it may do is decided by the API, not here.')
param name string

@description('Static Web Apps exist in few regions; the files are served from everywhere.')
param location string
param tags object

@allowed(['Free', 'Standard'])
param sku string
param workspaceId string

resource portal 'Microsoft.Web/staticSites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'portal' })
  sku: { name: sku, tier: sku }
  properties: {
    allowConfigFileUpdates: true
    // A preview would be another origin, which the API refuses anyway.
    stagingEnvironmentPolicy: 'Disabled'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: portal
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output name string = portal.name
output origin string = 'https://${portal.properties.defaultHostname}'
