// Built-in roles by their ids, which are the same in every tenant: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

@export()
@description('Reads and writes blobs, creates containers: what the Functions host needs of its own storage, and to fetch the app package.')
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
@description('Sends to a queue.')
var serviceBusDataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'

@export()
@description('Receives from a queue.')
var serviceBusDataReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'

@export()
@description('Everything on a queue. Only for the scale controller, which otherwise cannot count messages.')
var serviceBusDataOwner = '090c5cfd-751d-490a-894a-3ce6f1109419'

@export()
@description('Sends events to a topic.')
var eventGridDataSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'

@export()
@description('Reads the values of secrets.')
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

@export()
@description('Creates and rotates secrets: the operator, never the app.')
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

@export()
@description('Publishes telemetry.')
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
