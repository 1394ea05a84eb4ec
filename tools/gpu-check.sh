#!/usr/bin/env bash
# Measures the engine on a machine with a GPU that has nothing else: no .NET, no Vulkan loader, no network. x86-64 Linux with the GPU's
# driver. Here it makes an archive of at most 60 MB; unpacked there, it runs for eight minutes at most and prints a line of JSON for
# each thing that it did.
#
#   tools/gpu-check.sh pack gpu-check.tar.xz       here: builds, and packs
#   tar -xJf gpu-check.tar.xz && gpu-check/gpu-check.sh     there: devices, golden cases, two shapes at four batch sizes, 200 pictures
#   gpu-check/gpu-check.sh --small                 the same with the smallest shapes, for a computer without a GPU (SwiftShader)
#   DEVICE=1 SECONDS_IN_ALL=300 gpu-check/gpu-check.sh      another GPU, less time
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)

pack() {
  set -e
  local archive work vulkan
  archive=$(readlink -f "$1")
  cd "$here/.."
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
  local runtime=${XDG_DATA_HOME:-$HOME/.local/share}/qwen35batch/runtimes/webgpu/libonnxruntime.so.1
  [ -f "$runtime" ] || tools/setup.sh webgpu
  vulkan=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | awk '/libvulkan\.so\.1 .*x86-64/ { print $NF; exit }')
  [ -n "$vulkan" ] || { echo "Missing: libvulkan.so.1. tools/setup.sh webgpu installs it." >&2; exit 1; }
  work=$(mktemp -d)
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/gpu-check/golden" "$work/gpu-check/pictures" "$work/gpu-check/lib/missing"
  # The engine without the worker, and of .NET only what it uses. The build has folders of its own: a runtime identifier would have
  # everything restored again.
  dotnet publish tools/GpuCheck -c Release -r linux-x64 --self-contained -p:RunAnalyzers=false -p:DebugType=none \
    -p:GenerateDocumentationFile=false -p:PublishTrimmed=true --artifacts-path "${ARTIFACTS:-$work/artifacts}" \
    -o "$work/gpu-check/app" -v quiet -clp:NoSummary
  # What debuggers and other garbage collectors need, and the ONNX Runtime without WebGPU.
  rm -f "$work/gpu-check/app"/libonnxruntime*.so* "$work/gpu-check/app"/*.xml "$work/gpu-check/app"/*.pdb \
    "$work/gpu-check/app/createdump" "$work/gpu-check/app"/{libmscor*,libclrgc*,libcoreclrtraceptprovider}.so
  cp "$runtime" "$work/gpu-check/lib/"
  cp "$vulkan" "$work/gpu-check/lib/missing/"
  local name
  for name in libstdc++.so.6 libgcc_s.so.1; do
    cp "$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | awk -v name="$name" '$1 == name && /x86-64/ { print $NF; exit }')" \
      "$work/gpu-check/lib/missing/"
  done
  for name in tiny-moe tiny-dense; do cp -r "tests/Inference.Tests/Data/$name" "$work/gpu-check/golden/"; done
  cp -r models/nano tools/shapes tools/gpu-check.sh src/Pipeline/Tasks/BuiltIn/describe.json "$work/gpu-check/"
  # Pictures that differ, so that none is known from before.
  ffmpeg -v error -f lavfi -i testsrc2=size=448x448:rate=25 -frames:v 201 -q:v 12 "$work/gpu-check/pictures/%03d.jpg"
  tar -C "$work" -c gpu-check | XZ_OPT=${XZ_OPT:--9e} xz >"$archive"
  local bytes
  bytes=$(stat -c %s "$archive")
  echo "$archive: $((bytes / 1000000)) MB"
  [ "$bytes" -le 60000000 ] || { echo "That is more than 60 MB." >&2; exit 1; }
}

if [ "${1:-}" = pack ]; then
  pack "${2:?Give the archive to write, such as gpu-check.tar.xz.}"
  exit
fi

all=${SECONDS_IN_ALL:-480}
batches=(1 8 32 128)
prompt=256 generate=64 pictures=200 slots=64 answer=96
shapes=("$here"/shapes/0.7B-A0.2B.json "$here"/shapes/35B-A3B.json)
if [ "${1:-}" = --small ]; then
  batches=(1 2) prompt=16 generate=4 pictures=2 slots=2 answer=32
  shapes=("$here"/golden/tiny-moe/config.json)
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/gpu-check-XXXXXX")
trap 'rm -rf "$work"' EXIT
# What the machine has goes with its driver; ours is for what it lacks.
mkdir "$work/lib"
for library in "$here"/lib/missing/*; do
  PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -qF "$(basename "$library")" || cp "$library" "$work/lib/"
done
export HOME=$work LD_LIBRARY_PATH=$work/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export RUNTIME=$here/lib/libonnxruntime.so.1 DEVICE=${DEVICE:-}
app=$here/app/gpu-check
failed=0

# say <what> <seconds> <json or nothing> <exit code> <file with errors>
say() {
  local json=$3 error=""
  if [ -z "$json" ]; then
    failed=1 json=null
    error=$([ "$4" -eq 124 ] && echo "The time was over." ||
      grep -v '^ *$' "$5" | tail -n 3 | tr -d '\r\033' | tr '\n\t' '  ' | cut -c 1-500 | sed 's/[\\"]/\\&/g')
  fi
  printf '{"check":"%s","seconds":%s,"exit":%s,"result":%s%s}\n' "$1" "$2" "$4" "$json" "${error:+,\"error\":\"$error\"}"
}

# check <what> <command> [args]: runs it for as long as time is left, and prints its last line that is JSON.
check() {
  local what=$1 start=$SECONDS left=$((all - SECONDS)) code json
  shift
  if [ "$left" -lt 5 ]; then
    echo "There was no time left." >"$work/errors"
    say "$what" 0 "" 1 "$work/errors"
    return
  fi
  timeout -k 5 "$left" "$@" >"$work/out" 2>"$work/errors"
  code=$?
  json=$(grep '^{' "$work/out" | tail -n 1)
  # A verification that fails tells so in its result.
  [ "$code" -eq 0 ] || failed=1
  say "$what" $((SECONDS - start)) "$json" "$code" "$work/errors"
}

check devices "$app" devices
for name in tiny-moe tiny-dense; do
  check "golden $name" "$app" verify "$here/golden/$name"
done
# One more, by which shaders are compiled.
mapfile -t chosen < <(printf '%s\n' "$here"/pictures/*.jpg | head -n $((pictures + 1)))
check "$pictures pictures" "$app" pictures "$here/nano" "$here/describe.json" "$slots" "$answer" "${chosen[@]}"
for shape in "${shapes[@]}"; do
  name=$(basename "$shape" .json)
  model=$work/$name
  for batch in "${batches[@]}"; do
    # The first one makes the model, of random weights.
    check "bench $name batch $batch" "$app" bench "$shape" "$model" "$batch" "$prompt" "$generate"
  done
  rm -rf "$model"
done
exit "$failed"
