#!/usr/bin/env bash
# The C# kernel beside ipykernel in one run: kernel_info, start to first result, round trip, completion, memory.
#
#   benchmarks/kernel.sh PROBE [RUNS]
#
# PROBE is a Python program (or NEURO_KERNEL_PROBE names it) that takes the name of a kernel and a number of runs, starts the kernel by
# jupyter_client and prints its figures; RUNS is 3 if left out. PYTHON names a Python with jupyter_client, ipykernel and psutil.
# NEURO names a folder with a published `neuro`; without it the one of this checkout is built and measured.
set -euo pipefail
probe=$(realpath "${1:-${NEURO_KERNEL_PROBE:?Name the program that measures a kernel: benchmarks/kernel.sh PROBE [RUNS].}}")
runs=${2:-3}
python=${PYTHON:-python3}
cd "$(dirname "$0")/.."

"$python" -c 'import jupyter_client, ipykernel, psutil' || {
  echo "$python lacks jupyter_client, ipykernel or psutil: apt install python3-jupyter-client python3-ipykernel python3-psutil, then PYTHON=/usr/bin/python3." >&2
  exit 1
}

neuro=${NEURO:-}
if [ -z "$neuro" ]; then
  dotnet build -c Release src/Neuro.Cli -v q
  neuro=artifacts/bin/Neuro.Cli/release
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export JUPYTER_DATA_DIR="$scratch/jupyter" NEURO_DATA="$scratch/neuro"
dotnet exec "$neuro/neuro.dll" jupyter install

for kernel in python3 neuro; do
  "$python" "$probe" "$kernel" "$runs"
done
