#!/usr/bin/env bash
# Sets up what the tests need, builds, and runs every test. Arguments go to the tests, for example: ./test.sh --filter-class '*LedgerTests'
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

tools/setup.sh tests || exit 1
dotnet build Qwen35Batch.sln -c Release -v quiet -clp:NoSummary || exit 1
dotnet format Qwen35Batch.sln --no-restore --verify-no-changes || exit 1

log=$(mktemp)
dotnet test --solution Qwen35Batch.sln -c Release --no-build --no-progress --output Normal "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

count() { sed -nE "s/^ +$1: ([0-9]+)\$/\1/p" "$log" | tail -n 1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
rm -f "$log"
echo
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$status"
