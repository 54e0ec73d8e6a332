#!/bin/sh
# Registers the API and its console in Microsoft Entra ID, once, as one application: roles Users.Read, Devices.Manage, Users.Manage, Applications.Manage, Audit.Read, Policies.Manage,
# Authentication.Request, Events.Receive and Directory.Provision for applications, the scope access_as_user, tokens of version 2. Skipped when BLOKSEC_API_CLIENT_ID names a
# registration already. And names who may set keys: you, unless somebody is named already. The pipeline (BLOKSEC_SEED_KEYS=false) names
# nobody.
set -eu
cd "$(dirname "$0")"

if [ -z "${BLOKSEC_KEY_OFFICER_ID:-}" ] && [ "${BLOKSEC_SEED_KEYS:-true}" = true ]; then
  azd env set BLOKSEC_KEY_OFFICER_ID "$(az ad signed-in-user show --query id --output tsv)"
fi

if [ -n "${BLOKSEC_API_CLIENT_ID:-}" ]; then
  echo "Administrators sign in to the app registration $BLOKSEC_API_CLIENT_ID."
  exit 0
fi

graph=https://graph.microsoft.com/v1.0
scope=5b0b5a0e-6a0f-4a57-9a43-0f6c1c7f7d00

echo "Registering the application in Microsoft Entra ID ..."
client=$(az ad app create --display-name "BlokSec User & Device Management ($AZURE_ENV_NAME)" --sign-in-audience AzureADMyOrg \
  --app-roles @app-roles.json --query appId --output tsv)
application=$(az ad app show --id "$client" --query id --output tsv)

az rest --method PATCH --url "$graph/applications/$application" --headers "Content-Type=application/json" --output none --body "{
  \"identifierUris\": [\"api://$client\"],
  \"optionalClaims\": { \"accessToken\": [{ \"name\": \"auth_time\", \"essential\": true }] },
  \"api\": {
    \"requestedAccessTokenVersion\": 2,
    \"oauth2PermissionScopes\": [{
      \"id\": \"$scope\", \"value\": \"access_as_user\", \"type\": \"User\", \"isEnabled\": true,
      \"adminConsentDisplayName\": \"Manage users and devices\",
      \"adminConsentDescription\": \"The console acts for the administrator who is signed in.\",
      \"userConsentDisplayName\": \"Manage users and devices\",
      \"userConsentDescription\": \"The console acts for you.\"
    }]
  }
}"
# The console asks for the scope of its own application: no consent page. Refers to the scope above, hence a call of its own.
az rest --method PATCH --url "$graph/applications/$application" --headers "Content-Type=application/json" --output none --body "{
  \"api\": { \"preAuthorizedApplications\": [{ \"appId\": \"$client\", \"delegatedPermissionIds\": [\"$scope\"] }] }
}"

az ad sp create --id "$client" --output none
principal=$(az ad sp show --id "$client" --query id --output tsv)
# Who was given no role gets no token.
az ad sp update --id "$principal" --set appRoleAssignmentRequired=true

me=$(az ad signed-in-user show --query id --output tsv)
for role in $(az ad sp show --id "$principal" --query "appRoles[?contains(allowedMemberTypes, 'User')].id" --output tsv); do
  az rest --method POST --url "$graph/servicePrincipals/$principal/appRoleAssignedTo" --headers "Content-Type=application/json" \
    --output none --body "{\"principalId\": \"$me\", \"resourceId\": \"$principal\", \"appRoleId\": \"$role\"}"
done

azd env set BLOKSEC_API_CLIENT_ID "$client"
echo "Registered as $client. You have the six roles for people; give them to others under Enterprise applications, Users and groups."
