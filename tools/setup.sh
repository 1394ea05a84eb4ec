#!/usr/bin/env bash
# Installs what is missing for running (no argument), for testing (argument "tests"), for reading scans (argument "ocr"), or for computing
# on a GPU (argument "webgpu"): apt on Debian and Ubuntu, brew on macOS.
# Quick when nothing is missing. Elsewhere it names what is missing and stops.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }
postgres_here() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || have postgres; }
rabbitmq_here() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || have rabbitmq-server || [ -x /opt/homebrew/sbin/rabbitmq-server ]; }
browser_here() { have chromium || have google-chrome || [ -d '/Applications/Google Chrome.app' ]; }

# Where the worker looks for an ONNX Runtime with WebGPU: the user's folder for local data. On Windows run this in Git Bash.
case $(uname -s) in
  Linux) system=linux; local_data=${XDG_DATA_HOME:-$HOME/.local/share}; vulkan_here() { ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; };;
  Darwin) system=darwin; local_data="$HOME/Library/Application Support"; vulkan_here() { :; };;
  *) system=win32; local_data=${LOCALAPPDATA:-$HOME/AppData/Local}; vulkan_here() { :; };;
esac
runtime_folder="$local_data/qwen35batch/runtimes/webgpu"
runtime_here() { compgen -G "$runtime_folder/*onnxruntime*" >/dev/null; }

missing=()
have ffmpeg && have ffprobe || missing+=(ffmpeg)
have pdftoppm && have pdftotext && have pdfinfo && have pdfimages && have pdfdetach && have pdffonts || missing+=(poppler)
# Japanese, Chinese and Korean PDFs whose fonts are not embedded: tables of their characters, and a font that has them.
if have apt-get; then
  [ -d /usr/share/poppler/cMap ] || missing+=(poppler-data)
  fc-list :lang=ja 2>/dev/null | grep -q . || missing+=(cjk-fonts)
  # Reports as PDF: Japanese fonts with TrueType outlines, whose text can be copied.
  compgen -G '/usr/share/fonts/*/ipaexfont-mincho/ipaexm.ttf' >/dev/null || missing+=(report-fonts)
fi
if [ "${1:-}" = ocr ]; then
  have tesseract && tesseract --list-langs 2>/dev/null | grep -qx jpn || missing+=(tesseract)
fi
if [ "${1:-}" = tests ]; then
  postgres_here || missing+=(postgresql)
  rabbitmq_here || missing+=(rabbitmq)
  browser_here || missing+=(chromium)
fi
if [ "${1:-}" = tests ] || [ "${1:-}" = webgpu ]; then
  PATH=$PATH:/sbin:/usr/sbin vulkan_here || missing+=(vulkan)
  runtime_here || have npm || missing+=(npm)
fi

apt_package() { case $1 in poppler) echo poppler-utils;; cjk-fonts) echo fonts-droid-fallback fontconfig;;
  report-fonts) echo fonts-ipaexfont fonts-dejavu-core;; rabbitmq) echo rabbitmq-server;; vulkan) echo libvulkan1;;
  tesseract) echo tesseract-ocr tesseract-ocr-eng tesseract-ocr-jpn;; *) echo "$1";; esac; }
brew_package() { case $1 in postgresql) echo postgresql@17;; chromium) echo --cask google-chrome;; npm) echo node;; tesseract) echo tesseract tesseract-lang;; *) echo "$1";; esac; }

if [ ${#missing[@]} -gt 0 ]; then
  if have apt-get; then
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
      have sudo || { echo "Missing: ${missing[*]}. Install them as root: apt-get install $(for m in "${missing[@]}"; do apt_package "$m"; done | xargs)" >&2; exit 1; }
      as_root=(sudo)
    fi
    echo "Installing ${missing[*]} with apt-get ..."
    # The tests start servers of their own: the packages' services need not be started.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
      printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
      "${as_root[@]}" chmod +x $policy
      trap '"${as_root[@]}" rm -f $policy' EXIT
    fi
    log=$(mktemp)
    packages=$(for m in "${missing[@]}"; do apt_package "$m"; done | xargs)
    # shellcheck disable=SC2086
    "${as_root[@]}" apt-get update -q >"$log" 2>&1 &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages >>"$log" 2>&1 ||
      { tail -n 20 "$log" >&2; echo "apt-get could not install: $packages" >&2; exit 1; }
    rm -f "$log"
  elif have brew; then
    for m in "${missing[@]}"; do
      # shellcheck disable=SC2046
      brew install $(brew_package "$m")
    done
  else
    echo "Missing: ${missing[*]}. Install them with your system's package manager, then run this again." >&2
    exit 1
  fi
fi

# The packages for .NET have no WebGPU; that for Node.js holds the same library with it, for every system. Only this system's files are kept.
fetch_runtime() {
  local version=1.30.0 processor library work
  case $(uname -m) in x86_64|amd64) processor=x64;; aarch64|arm64) processor=arm64;; *) processor=$(uname -m);; esac
  case $system in linux) library=libonnxruntime.so.1;; darwin) library=libonnxruntime.1.dylib;; *) library=onnxruntime.dll;; esac
  if ! runtime_here; then
    mkdir -p "$(dirname "$runtime_folder")"
    work=$(mktemp -d "$(dirname "$runtime_folder")/fetching-XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" RETURN
    echo "Fetching onnxruntime-node $version with npm (110 MB) ..."
    (cd "$work" && npm pack --silent "onnxruntime-node@$version" >/dev/null) ||
      { echo "npm could not fetch onnxruntime-node $version. Try: npm pack onnxruntime-node@$version" >&2; return 1; }
    tar -xzf "$work"/*.tgz -C "$work" "package/bin/napi-v6/$system/$processor" 2>/dev/null ||
      { echo "onnxruntime-node $version has nothing for $system on $processor." >&2; return 1; }
    rm -f "$work/package/bin/napi-v6/$system/$processor"/*.node "$work/package/bin/napi-v6/$system/$processor"/libonnxruntime.*.*.*.dylib
    rm -rf "$runtime_folder"
    mv "$work/package/bin/napi-v6/$system/$processor" "$runtime_folder"
  fi
  echo "ONNX Runtime with WebGPU: $runtime_folder/$library"
}
case ${1:-} in
  webgpu) fetch_runtime; exit;;
  tests) fetch_runtime || echo "Without it, the tests on WebGPU are skipped." >&2;;
esac

if ! have dotnet || ! dotnet --list-sdks | grep -q '^10\.'; then
  echo "Missing: the .NET 10 SDK. Install it from https://dotnet.microsoft.com/download/dotnet/10.0, then run this again." >&2
  exit 1
fi
