@description('How removals fare: operations by state, times from the click, pushes by outcome, devices never heard of again.')
param location string
param tags object
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'removals')
  location: location
  tags: union(tags, { 'hidden-title': 'BlokSec removals' })
  kind: 'shared'
  properties: {
    displayName: 'BlokSec removals'
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: replace(loadTextContent('../workbook.json'), '{workspaceId}', workspaceId)
  }
}
