#!/bin/sh
# Puts into the key vault what is not there yet. The signing keys of statements and events and the claim key are made here, in a folder that only you can
# read and that is gone afterwards; the keys from Apple and Google and the mail password are taken from files. No value is ever an argument or an output.
set -eu
umask 077

: "${BLOKSEC_KEY_VAULT_NAME:?run azd provision first}"
if [ "${BLOKSEC_SEED_KEYS:-true}" != true ]; then
  echo "Keys are left alone (BLOKSEC_SEED_KEYS=${BLOKSEC_SEED_KEYS})."
  exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

# Key Vault reminds 30 days before: see key-near-expiry in docs/operations.md. An expired secret is still read.
expires=$(date -u -d '+1 year' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v+1y +%Y-%m-%dT%H:%M:%SZ)

# 0: there; 1: not there. Anything else ends the script: a vault that cannot be asked is not an empty one.
exists() {
  if az keyvault secret show --vault-name "$BLOKSEC_KEY_VAULT_NAME" --name "$1" --query id --output tsv >/dev/null 2>"$folder/error"; then
    return 0
  fi
  grep -q SecretNotFound "$folder/error" && return 1
  cat "$folder/error" >&2
  echo "The vault $BLOKSEC_KEY_VAULT_NAME cannot be asked for $1. A new role assignment takes some minutes: try azd hooks run postprovision." >&2
  exit 1
}

store() {
  az keyvault secret set --vault-name "$BLOKSEC_KEY_VAULT_NAME" --name "$1" --file "$2" --encoding utf-8 \
    --expires "$expires" --content-type "$3" --output none
  echo "  $1: stored"
}

# Settings are lines of their own: a key of several lines is stored as one.
one_line() { tr -d '\r\n' < "$1" > "$2"; }

from_file() {
  if [ -n "$2" ]; then
    one_line "$2" "$folder/value"
    store "$1" "$folder/value" "$3"
  elif exists "$1"; then
    echo "  $1: there already"
  else
    echo "  $1: missing. Set $4 to its file and run azd hooks run postprovision; until then what needs it waits."
  fi
}

echo "Keys in $BLOKSEC_KEY_VAULT_NAME:"
if exists statement-signing-key; then
  echo "  statement-signing-key: there already"
else
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$folder/pem" 2>/dev/null
  one_line "$folder/pem" "$folder/value"
  store statement-signing-key "$folder/value" application/x-pem-file
fi
if exists event-signing-key; then
  echo "  event-signing-key: there already"
else
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$folder/pem" 2>/dev/null
  one_line "$folder/pem" "$folder/value"
  store event-signing-key "$folder/value" application/x-pem-file
fi
if exists claim-key; then
  echo "  claim-key: there already"
else
  openssl rand -base64 32 > "$folder/base64"
  one_line "$folder/base64" "$folder/value"
  store claim-key "$folder/value" application/octet-stream
fi
[ -z "${BLOKSEC_APNS_KEY_ID:-}" ] ||
  from_file apns-private-key "${BLOKSEC_APNS_KEY_FILE:-}" application/x-pem-file BLOKSEC_APNS_KEY_FILE
[ "${BLOKSEC_FCM_ENABLED:-false}" != true ] ||
  from_file fcm-service-account "${BLOKSEC_FCM_SERVICE_ACCOUNT_FILE:-}" application/json BLOKSEC_FCM_SERVICE_ACCOUNT_FILE
[ -z "${BLOKSEC_MAIL_USER:-}" ] ||
  from_file mail-password "${BLOKSEC_MAIL_PASSWORD_FILE:-}" text/plain BLOKSEC_MAIL_PASSWORD_FILE

# The app was told where its keys are before there were any: have the platform look again.
az rest --method POST --output none \
  --url "https://management.azure.com${BLOKSEC_FUNCTION_APP_ID}/config/configreferences/appsettings/refresh?api-version=2022-03-01"

# Where the console may be sent back to after a sign-in. Whoever may not change the registration is told.
if [ -z "${BLOKSEC_AUTHORITY_OVERRIDE:-}" ]; then
  uris=""
  for origin in $BLOKSEC_PORTAL_URL $(echo "${BLOKSEC_PORTAL_ORIGINS:-}" | tr ',' ' '); do
    uris="$uris${uris:+, }\"$origin/authentication/login-callback\", \"$origin/authentication/logout-callback\""
  done
  application=$(az ad app show --id "$BLOKSEC_API_CLIENT_ID" --query id --output tsv 2>/dev/null || true)
  if [ -n "$application" ] && az rest --method PATCH --url "https://graph.microsoft.com/v1.0/applications/$application" \
    --headers "Content-Type=application/json" --output none --body "{\"spa\": {\"redirectUris\": [$uris]}}"; then
    echo "The console at $BLOKSEC_PORTAL_URL may sign administrators in."
  else
    echo "Add these redirect addresses (single-page application) to the app registration: $uris"
  fi
fi
