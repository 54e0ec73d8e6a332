#!/bin/sh
# Publishes the function app for Azure's machines into out/api: executable, host.json, one function.json per function.
set -eu
cd "$(dirname "$0")/../.."

if [ "${BLOKSEC_PREBUILT:-}" = true ]; then
  test -f out/api/host.json || { echo "out/api is said to be built already, but there is no out/api/host.json." >&2; exit 1; }
  echo "out/api was built before; it is deployed as it is."
  exit 0
fi

rm -rf out/api
dotnet publish functions --configuration Release --runtime linux-x64 --self-contained --output out/api

# A package without these would be deployed without complaint, and serve nothing.
for part in out/api/host.json out/api/BlokSec.Functions out/api/SendRevokePush/function.json; do
  test -f "$part" || { echo "The package is not whole: there is no $part." >&2; exit 1; }
done
