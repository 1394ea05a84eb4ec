#!/usr/bin/env bash
# Sets up what is missing, then analyses the bundled samples with the embedded defaults: bundled model, SQLite, nothing to start.
# Arguments are added to the command, for example: ./demo.sh --language ja
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

tools/setup.sh ocr
echo "Building ..."
dotnet build src/Worker -c Release -v quiet -clp:NoSummary
./qwen35batch run 'samples/*' --task auto --set Extract:Ocr=Tesseract --data data --out data/insights.jsonl "$@"
