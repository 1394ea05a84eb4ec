#!/usr/bin/env bash
# Measures the engine on a machine with a GPU that has nothing else: no .NET, no Vulkan loader, no network. x86-64 Linux with the GPU's
# driver, and a C library as new as that of the machine that packs. Here it makes an archive of at most 60 MB; unpacked there, it runs
# for eight minutes at most and prints a line of JSON for each thing that it did.
#
#   tools/gpu-check.sh pack gpu-check.tar.xz       here: builds, and packs
#   tar -xJf gpu-check.tar.xz && gpu-check/gpu-check.sh     there: devices, golden cases, two shapes at four batch sizes, 200 pictures
#   gpu-check/gpu-check.sh --small                 the same with the smallest shapes, for a computer without a GPU (SwiftShader)
#   DEVICE=1 SECONDS_IN_ALL=300 gpu-check/gpu-check.sh      another GPU, less time
#
# What there is no time for, no room on the disk or no memory on the GPU is a line with "skipped" and the reason, and no failure.
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
  # What .NET and ONNX Runtime need beside the C library; without OpenSSL, .NET cannot hash a checkpoint.
  for name in libstdc++.so.6 libgcc_s.so.1 libssl.so.3 libcrypto.so.3; do
    cp "$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | awk -v name="$name" '$1 == name && /x86-64/ { print $NF; exit }')" \
      "$work/gpu-check/lib/missing/"
  done
  for name in tiny-moe tiny-dense; do cp -r "tests/Inference.Tests/Data/$name" "$work/gpu-check/golden/"; done
  # The bundled model's weights are there once, for its pictures, too.
  mkdir -p "$work/gpu-check/golden/nano/cases"
  cp tests/Inference.Tests/Data/nano-cases/shapes-02.safetensors "$work/gpu-check/golden/nano/cases/"
  for name in models/nano/*; do ln -s "../../nano/${name##*/}" "$work/gpu-check/golden/nano/"; done
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

# say <what> <seconds> <exit code> <the rest of the line>
say() {
  printf '{"check":"%s","seconds":%s,"exit":%s,%s}\n' "$1" "$2" "$3" "$4"
}

# text: what it reads, as the inside of a JSON string.
text() {
  grep -v '^ *$' | tail -n 3 | tr -d '\r\033' | tr '\n\t' '  ' | cut -c 1-800 | sed 's/[\\"]/\\&/g; s/ *$//'
}

# check <what> <most seconds> <seconds that it will take> <command> [args]: runs it for as long as is left, and prints its last line that
# is JSON, which is in $json afterwards. What there is no time for, or what does not fit onto the GPU, is skipped with a sentence.
check() {
  local what=$1 most=$2 need=$3 start=$SECONDS left=$((all - SECONDS)) code
  shift 3
  json=""
  if [ "$left" -lt 5 ] || [ "$left" -lt "$need" ]; then
    say "$what" 0 0 "\"skipped\":\"It would take about $need s or more, and $((left > 0 ? left : 0)) of $all s are left.\""
    return 3
  fi
  most=$((most < left ? most : left))
  timeout -k 5 "$most" "$@" >"$work/out" 2>"$work/errors"
  code=$?
  json=$(grep '^{' "$work/out" | tail -n 1)
  took=$((SECONDS - start))
  if [ -n "$json" ]; then
    # A verification that fails tells so in its result.
    [ "$code" -eq 0 ] || failed=1
    say "$what" "$took" "$code" "\"result\":$json"
  elif [ "$code" -eq 3 ]; then
    say "$what" "$took" 3 "\"skipped\":\"$(text <"$work/errors")\""
  elif [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
    # Speed may be known from smaller ones; but whether the results are right has to be.
    [ "$must" -eq 0 ] || failed=1
    say "$what" "$took" "$code" "\"skipped\":\"It was not done after $most s, of $all s in all.\""
  else
    failed=1
    say "$what" "$took" "$code" "\"error\":\"$(text <"$work/errors")\""
  fi
  return "$code"
}

# number <name>: of the last result, without what is behind its point.
number() {
  sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$json"
}

must=1
check devices 60 0 "$app" devices
for name in tiny-moe tiny-dense nano; do
  check "golden $name" 120 0 "$app" verify "$here/golden/$name"
done
must=0
# One more, by which shaders are compiled.
mapfile -t chosen < <(printf '%s\n' "$here"/pictures/*.jpg | head -n $((pictures + 1)))
check "$pictures pictures" $((all / 4)) 0 "$app" pictures "$here/nano" "$here/describe.json" "$slots" "$answer" "${chosen[@]}"

# Bytes a second at which models are made: a guess for the first.
rate=100000000
for shape in "${shapes[@]}"; do
  name=$(basename "$shape" .json)
  model=$work/$name
  bytes=$("$app" size "$shape" 2>"$work/errors")
  free=$(($(df -Pk "$work" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4) * 1024))
  if [ "${bytes:-0}" -gt "$free" ]; then
    say "make $name" 0 0 "\"skipped\":\"It takes $((bytes / 1000000)) MB, and $work has $((free / 1000000)) MB left: set TMPDIR.\""
    continue
  fi
  check "make $name" "$all" $((${bytes:-0} / rate)) "$app" make "$shape" "$model" || { rm -rf "$model"; continue; }
  rate=$(number bytes_per_second)
  need=0
  before=0
  for batch in "${batches[@]}"; do
    # As long as the last one, and its prompts as many times longer as there are more.
    [ "$before" -eq 0 ] || need=$((took + (batch - before) * prompt / speed))
    check "bench $name batch $batch" "$all" "$need" "$app" bench "$model" "$batch" "$prompt" "$generate" || continue
    speed=$(number prefill_tokens_per_second)
    speed=$((speed > 0 ? speed : 1))
    before=$batch
  done
  rm -rf "$model"
done
exit "$failed"
