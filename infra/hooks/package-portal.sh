#!/bin/sh
# Publishes the console into out/portal and tells it where the API and the sign-in service are.
set -eu
cd "$(dirname "$0")/../.."

: "${BLOKSEC_API_URL:?run azd provision first}" "${BLOKSEC_AUTHORITY:?run azd provision first}" "${BLOKSEC_API_CLIENT_ID:?}"

if [ "${BLOKSEC_PREBUILT:-}" != true ]; then
  rm -rf out/portal out/portal-publish
  dotnet publish portal --configuration Release --output out/portal-publish
  mv out/portal-publish/wwwroot out/portal
  rm -rf out/portal-publish
fi

test -f out/portal/index.html || { echo "There is no out/portal/index.html." >&2; exit 1; }
cp infra/staticwebapp.config.json out/portal/
cat > out/portal/settings.json <<JSON
{
  "api": "$BLOKSEC_API_URL/api",
  "auth": {
    "authority": "$BLOKSEC_AUTHORITY",
    "clientId": "${BLOKSEC_PORTAL_CLIENT_ID:-$BLOKSEC_API_CLIENT_ID}",
    "scope": "${BLOKSEC_PORTAL_SCOPE:-openid profile api://$BLOKSEC_API_CLIENT_ID/access_as_user}"
  }
}
JSON
# Compressed copies of the file that was replaced would be served instead of it.
rm -f out/portal/settings.json.br out/portal/settings.json.gz
echo "The console in out/portal calls $BLOKSEC_API_URL/api."
