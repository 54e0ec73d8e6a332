#!/bin/sh
# Looks at what was deployed as a caller would. Says what holds; ends with an error when something does not.
set -eu
: "${BLOKSEC_API_URL:?}" "${BLOKSEC_PORTAL_URL:?}"

failed=0
check() {
  if [ "$2" = "$3" ]; then echo "  ok      $1"; else echo "  FAILED  $1: $2 instead of $3"; failed=1; fi
}
status() { curl --silent --output /dev/null --write-out '%{http_code}' --max-time 60 --retry 5 --retry-all-errors --retry-delay 5 "$@" || true; }
allowed() {
  curl --silent --output /dev/null --dump-header - --max-time 60 --request OPTIONS --header "Origin: $1" \
    --header "Access-Control-Request-Method: GET" --header "Access-Control-Request-Headers: authorization" "$BLOKSEC_API_URL/api/users" |
    tr -d '\r' | grep -i '^access-control-allow-origin:' | cut -d ' ' -f 2 || true
}

check "the app lives"                            "$(status "$BLOKSEC_API_URL/api/health/live")" 200
check "the app reaches its database"             "$(status "$BLOKSEC_API_URL/api/health/ready")" 200
check "the statement keys are published"         "$(status "$BLOKSEC_API_URL/api/.well-known/jwks.json")" 200
check "nobody is let in without a token"         "$(status "$BLOKSEC_API_URL/api/users")" 401
check "the console is served"                    "$(status "$BLOKSEC_PORTAL_URL/")" 200
check "the console knows its settings"           "$(status "$BLOKSEC_PORTAL_URL/settings.json")" 200
check "the console may call the API"             "$(allowed "$BLOKSEC_PORTAL_URL")" "$BLOKSEC_PORTAL_URL"
check "pages from elsewhere may not"             "$(allowed https://elsewhere.example)" ""

[ "$failed" -eq 0 ] || { echo "See docs/operations.md#app-silent." >&2; exit 1; }
echo
echo "Sign in at $BLOKSEC_PORTAL_URL"
