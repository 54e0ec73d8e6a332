@description('The virtual network of a private deployment: the function app goes out through it, data is reached in it.')
param name string
param location string
param tags object

@description('At least a /25: half for the function app, a quarter for private endpoints.')
param addressPrefix string
param zoneRedundant bool
param workspaceId string

var functionsPrefix = cidrSubnet(addressPrefix, 26, 0)
var endpointsPrefix = cidrSubnet(addressPrefix, 27, 2)
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  namespace: 'privatelink.servicebus.windows.net'
  Sql: 'privatelink.documents.azure.com'
  vault: 'privatelink.vaultcore.azure.net'
}

// Apple, Google and Microsoft Entra are out there, and a subnet has no way out of its own any more.
resource outboundAddress 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${name}-outbound'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  zones: zoneRedundant ? ['1', '2', '3'] : []
  properties: { publicIPAllocationMethod: 'Static' }
}

resource outbound 'Microsoft.Network/natGateways@2025-05-01' = {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    // APNs and FCM connections are kept warm for long.
    idleTimeoutInMinutes: 30
    publicIpAddresses: [{ id: outboundAddress.id }]
  }
}

resource functionsRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${name}-functions'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-inbound-from-internet'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource endpointsRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-from-functions'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: functionsPrefix
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsPrefix
          // HTTPS for all of them, AMQP over TLS for Service Bus.
          destinationPortRanges: ['443', '5671']
        }
      }
      {
        name: 'deny-all-else'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: functionsPrefix
          defaultOutboundAccess: false
          natGateway: { id: outbound.id }
          networkSecurityGroup: { id: functionsRules.id }
          delegations: [
            {
              name: 'flex-consumption'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointsPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: endpointsRules.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource functionsSubnet 'subnets' existing = { name: 'functions' }
  resource endpointsSubnet 'subnets' existing = { name: 'endpoints' }
}

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in items(zones): {
    name: zone.value
    location: 'global'
    tags: tags
  }
]

resource dnsLinks 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, index) in items(zones): {
    parent: dnsZones[index]
    name: name
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output functionsSubnetId string = network::functionsSubnet.id
output endpointsSubnetId string = network::endpointsSubnet.id

@description('The DNS zone by the group id of the private endpoint.')
output zoneIds object = {
  blob: resourceId('Microsoft.Network/privateDnsZones', zones.blob)
  namespace: resourceId('Microsoft.Network/privateDnsZones', zones.namespace)
  Sql: resourceId('Microsoft.Network/privateDnsZones', zones.Sql)
  vault: resourceId('Microsoft.Network/privateDnsZones', zones.vault)
}
