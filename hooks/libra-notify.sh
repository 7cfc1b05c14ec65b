#!/bin/sh
# Tells Libra that a checkpoint was saved: libra-notify.sh CHECKPOINT_DIRECTORY [STEP]
# Uses libra_notify.py where it lies beside this and there is python3, else curl. Gives up after two seconds and always succeeds: a training script must never stop because of it.
# LIBRA_URL, LIBRA_TOKEN, LIBRA_DATA as in libra_notify.py.

[ -n "$1" ] || { echo "usage: libra-notify.sh CHECKPOINT_DIRECTORY [STEP]" >&2; exit 2; }
rank=${RANK:-${SLURM_PROCID:-${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-${LOCAL_RANK:-0}}}}}
[ "$rank" = 0 ] || exit 0

# Python makes sure that it is the daemon who listens before it is told the token; curl can't.
here=$(dirname "$0")
if command -v python3 >/dev/null 2>&1 && [ -f "$here/libra_notify.py" ]; then
  python3 "$here/libra_notify.py" "$@"
  exit 0
fi

case $1 in /*) path=$1 ;; *) path=$PWD/$1 ;; esac
path=$(printf '%s' "$path" | sed 's/\\/\\\\/g; s/"/\\"/g')
body="{\"path\":\"$path\""
case $2 in '' | *[!0-9]*) ;; *) body="$body,\"step\":$2" ;; esac
body="$body}"

data=${LIBRA_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/libra}
token=${LIBRA_TOKEN:-$(cat "$data/token" 2>/dev/null)}
# The token goes in by standard input: arguments can be read by everybody on this machine.
printf 'header = "authorization: Bearer %s"\n' "$token" |
  curl --silent --show-error --fail --max-time 2 --noproxy 127.0.0.1,localhost --output /dev/null --config - \
    --header 'content-type: application/json' --data "$body" \
    "${LIBRA_URL:-http://127.0.0.1:7700}/api/v1/checkpoints/notify"
exit 0
