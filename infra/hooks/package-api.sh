#!/bin/sh
# Publishes the function app for Azure's machines into out/api. BLOKSEC_SERVICE_BUS_EXTENSION is the version of Microsoft's Service Bus
# extension that the Functions host loads; without one the host knows no Service Bus trigger.
set -eu
cd "$(dirname "$0")/../.."

if [ "${BLOKSEC_PREBUILT:-}" = true ]; then
  test -f out/api/host.json || { echo "out/api is said to be built already, but there is no out/api/host.json." >&2; exit 1; }
  echo "out/api was built before; it is deployed as it is."
  exit 0
fi

rm -rf out/api
dotnet publish functions --configuration Release --runtime linux-x64 --no-self-contained --output out/api \
  "-property:ServiceBusExtensionVersion=${BLOKSEC_SERVICE_BUS_EXTENSION:-5.17.0}"

# A package without these would be deployed without complaint, and serve nothing.
for part in out/api/host.json out/api/worker.config.json out/api/functions.metadata out/api/BlokSec.Functions.dll \
  out/api/.azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll; do
  test -f "$part" || { echo "The package is not whole: there is no $part." >&2; exit 1; }
done
