@description('Private endpoints: the addresses in the network under which data is reached, entered into the private DNS zones.')
param networkName string
param location string
param tags object
param subnetId string

@description('The private DNS zone by group id.')
param zoneIds object

@description('What to reach, and which part of it, such as `blob`.')
param targets { groupId: 'blob' | 'namespace' | 'Sql' | 'vault', resourceId: string }[]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for target in targets: {
    name: '${networkName}-${toLower(target.groupId)}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      customNetworkInterfaceName: '${networkName}-${toLower(target.groupId)}-nic'
      privateLinkServiceConnections: [
        {
          name: target.groupId
          properties: {
            privateLinkServiceId: target.resourceId
            groupIds: [target.groupId]
          }
        }
      ]
    }
  }
]

resource zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
  for (target, index) in targets: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: target.groupId
          properties: { privateDnsZoneId: zoneIds[target.groupId] }
        }
      ]
    }
  }
]
