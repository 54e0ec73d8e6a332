@export()
@description('What the settings are made of. Nothing in it is a secret.')
type settingsSource = {
  identityClientId: string
  applicationInsightsConnectionString: string
  storageAccount: string
  auditRootsUrl: string
  serviceBusNamespace: string
  cosmosEndpoint: string
  cosmosDatabase: string
  cosmosContainer: string
  cosmosOwnersContainer: string
  keyVaultUri: string
  publicUrl: string
  authority: string
  audience: string
  tenantClaim: string
  appHost: string
}

@export()
@description('How Apple knows us; all empty: not at all.')
type appleAccount = {
  keyId: string
  teamId: string
  topic: string
}

@description('A reference that the platform resolves with the app\'s identity. Without a version: it takes a new version within a day, or when asked to.')
func secret(keyVaultUri string, name string) string => '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/${name})'

@export()
@description('What the Functions host reads. The app\'s own sender reads the section `ServiceBus` too.')
func hostSettings(source settingsSource) object => {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${source.identityClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: source.applicationInsightsConnectionString
  AzureWebJobsStorage__accountName: source.storageAccount
  AzureWebJobsStorage__clientId: source.identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'
  ServiceBus__clientId: source.identityClientId
  ServiceBus__credential: 'managedidentity'
  ServiceBus__fullyQualifiedNamespace: source.serviceBusNamespace
}

@export()
@description('What the app cannot do without.')
func appSettings(source settingsSource) object => {
  AZURE_CLIENT_ID: source.identityClientId
  Api__PublicUrl: source.publicUrl
  AuditRoots__ContainerUri: source.auditRootsUrl
  Auth__Audience: source.audience
  Auth__Authority: source.authority
  Auth__TenantClaim: source.tenantClaim
  Claims__AppHost: source.appHost
  Cosmos__Container: source.cosmosContainer
  Cosmos__Database: source.cosmosDatabase
  Cosmos__Endpoint: source.cosmosEndpoint
  Cosmos__OwnersContainer: source.cosmosOwnersContainer
  Security__Claims__Key: secret(source.keyVaultUri, 'claim-key')
  Security__Events__SigningKey: secret(source.keyVaultUri, 'event-signing-key')
  Security__Statements__SigningKey: secret(source.keyVaultUri, 'statement-signing-key')
}

@export()
@description('What pushes to iPhones take: all of it or nothing.')
func appleSettings(keyVaultUri string, account appleAccount) object =>
  empty(account.keyId)
    ? {}
    : {
        Push__Apns__KeyId: account.keyId
        Push__Apns__PrivateKey: secret(keyVaultUri, 'apns-private-key')
        Push__Apns__TeamId: account.teamId
        Push__Apns__Topic: account.topic
      }

@export()
@description('What pushes to Android phones take.')
func googleSettings(keyVaultUri string, enabled bool) object =>
  enabled ? { Push__Fcm__ServiceAccount: secret(keyVaultUri, 'fcm-service-account') } : {}

@export()
@description('The mail server; an empty host: no mails are sent.')
type mailServer = {
  host: string
  port: int
  tls: 'StartTls' | 'Implicit'

  @description('Empty: the server takes mails without a sign-in.')
  user: string
  from: string
  fromName: string
  helpDesk: string
}

@export()
@description('What mails to users take.')
func mailSettings(keyVaultUri string, mail mailServer) object =>
  empty(mail.host)
    ? {}
    : union(
        {
          Mail__From: mail.from
          Mail__FromName: mail.fromName
          Mail__HelpDesk: mail.helpDesk
          Mail__Host: mail.host
          Mail__Port: string(mail.port)
          Mail__Tls: mail.tls
        },
        empty(mail.user) ? {} : { Mail__Password: secret(keyVaultUri, 'mail-password'), Mail__User: mail.user }
      )

@export()
@description('Where the audit is streamed to: the endpoint of a topic of Event Grid (empty: none), and whether it goes to the logs.')
type auditStream = {
  eventGridEndpoint: string
  logs: bool
}

@export()
@description('What streams of the audit take.')
func streamSettings(stream auditStream) object =>
  union(
    empty(stream.eventGridEndpoint) ? {} : { AuditStream__EventGridEndpoint: stream.eventGridEndpoint },
    stream.logs ? { AuditStream__Logs: 'true' } : {}
  )

@export()
@description('A list of secrets, as configuration numbers lists.')
func listSettings(prefix string, keyVaultUri string, names string[]) object =>
  toObject(range(0, length(names)), index => '${prefix}__${index}', index => secret(keyVaultUri, names[index]))
