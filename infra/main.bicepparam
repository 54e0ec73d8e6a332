// What azd fills in. Set a value with `azd env set NAME VALUE`; lists are separated by commas. infra/README.md tells each.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param portalLocation = readEnvironmentVariable('BLOKSEC_PORTAL_LOCATION', 'westeurope')
param size = readEnvironmentVariable('BLOKSEC_SIZE', 'small')
param privateNetwork = bool(readEnvironmentVariable('BLOKSEC_PRIVATE_NETWORK', 'false'))
param operatorAddresses = filter(
  split(readEnvironmentVariable('BLOKSEC_OPERATOR_ADDRESSES', ''), ','),
  item => !empty(item)
)
param cosmosSecondaryLocations = filter(
  split(readEnvironmentVariable('BLOKSEC_SECONDARY_LOCATIONS', ''), ','),
  item => !empty(item)
)

param apiClientId = readEnvironmentVariable('BLOKSEC_API_CLIENT_ID')
param authority = readEnvironmentVariable('BLOKSEC_AUTHORITY_OVERRIDE', '')
param tenantClaim = readEnvironmentVariable('BLOKSEC_TENANT_CLAIM', '')
param apiPublicUrl = readEnvironmentVariable('BLOKSEC_API_PUBLIC_URL', '')
param portalOrigins = filter(split(readEnvironmentVariable('BLOKSEC_PORTAL_ORIGINS', ''), ','), item => !empty(item))
param appHost = readEnvironmentVariable('BLOKSEC_APP_HOST', 'app.bloksec.io')

param apnsKeyId = readEnvironmentVariable('BLOKSEC_APNS_KEY_ID', '')
param apnsTeamId = readEnvironmentVariable('BLOKSEC_APNS_TEAM_ID', '')
param apnsTopic = readEnvironmentVariable('BLOKSEC_APNS_TOPIC', '')
param fcmEnabled = bool(readEnvironmentVariable('BLOKSEC_FCM_ENABLED', 'false'))

param mailHost = readEnvironmentVariable('BLOKSEC_MAIL_HOST', '')
param mailPort = int(readEnvironmentVariable('BLOKSEC_MAIL_PORT', '587'))
param mailTls = readEnvironmentVariable('BLOKSEC_MAIL_TLS', 'StartTls')
param mailUser = readEnvironmentVariable('BLOKSEC_MAIL_USER', '')
param mailFrom = readEnvironmentVariable('BLOKSEC_MAIL_FROM', '')
param mailFromName = readEnvironmentVariable('BLOKSEC_MAIL_FROM_NAME', 'BlokSec')
param mailHelpDesk = readEnvironmentVariable('BLOKSEC_MAIL_HELP_DESK', 'your organization\'s help desk')

param auditTopicId = readEnvironmentVariable('BLOKSEC_AUDIT_TOPIC_ID', '')
param auditTopicEndpoint = readEnvironmentVariable('BLOKSEC_AUDIT_TOPIC_ENDPOINT', '')
param auditLogs = bool(readEnvironmentVariable('BLOKSEC_AUDIT_LOGS', 'false'))

param previousStatementKeySecrets = filter(
  split(readEnvironmentVariable('BLOKSEC_PREVIOUS_STATEMENT_KEYS', ''), ','),
  item => !empty(item)
)
param previousClaimKeySecrets = filter(
  split(readEnvironmentVariable('BLOKSEC_PREVIOUS_CLAIM_KEYS', ''), ','),
  item => !empty(item)
)
param previousEventKeySecrets = filter(
  split(readEnvironmentVariable('BLOKSEC_PREVIOUS_EVENT_KEYS', ''), ','),
  item => !empty(item)
)
param keyOfficerId = readEnvironmentVariable('BLOKSEC_KEY_OFFICER_ID', '')

param alertEmails = filter(split(readEnvironmentVariable('BLOKSEC_ALERT_EMAILS', ''), ','), item => !empty(item))
param actionGroupIds = filter(split(readEnvironmentVariable('BLOKSEC_ACTION_GROUP_IDS', ''), ','), item => !empty(item))
