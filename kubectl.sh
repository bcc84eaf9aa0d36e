#!/bin/sh
# Runs kubectl through the proxy that `deno task proxy` serves on this machine,
# as a pod's app would: with the app's token and CA, and no kubeconfig.
#
# The token is the app's: the proxy puts the real credentials in its place.
# MCA_PROXY_PORT is the proxy's port where it is not 6443.
set -eu

fail() {
  printf 'kubectl.sh: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

# The repository, wherever this is called from and whatever links lead here.
script=$0
while [ -L "$script" ]; do
  link=$(readlink "$script")
  case $link in
    /*) script=$link ;;
    *) script=$(dirname -- "$script")/$link ;;
  esac
done
root=$(CDPATH='' cd -- "$(dirname -- "$script")" && pwd -P)

directory=$root/tmp/serviceaccount
port=${MCA_PROXY_PORT:-6443}
case $port in
  '' | *[!0-9]*)
    fail "MCA_PROXY_PORT is no port number: $port" \
      'Set it to the port that the proxy listens on, or unset it.'
    ;;
esac
address=127.0.0.1:$port
start='Start the proxy in another terminal: deno task proxy'

command -v kubectl >/dev/null 2>&1 ||
  fail 'kubectl is not installed' \
    'Install it: https://kubernetes.io/docs/tasks/tools/'

for file in token ca.crt; do
  [ -r "$directory/$file" ] || fail "there is no $directory/$file" "$start"
done

refused=
if command -v curl >/dev/null 2>&1; then
  # 7: nobody listens. Without a CA it goes no further than to connect, so
  # that the proxy sees no request; what else may be wrong kubectl tells.
  status=0
  curl --silent --output /dev/null --noproxy '*' --max-time 5 \
    --cacert /dev/null "https://$address/" || status=$?
  [ "$status" -ne 7 ] || refused=yes
elif command -v nc >/dev/null 2>&1; then
  nc -z 127.0.0.1 "$port" || refused=yes
fi
[ -z "$refused" ] || fail "nothing listens on $address" "$start"

namespace=default
[ ! -r "$directory/namespace" ] || namespace=$(cat "$directory/namespace")

quote() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
}

# A kubeconfig of paths: no secret in it, none in the arguments, and nothing of
# the user's own clusters. JSON is YAML.
KUBECONFIG=$root/tmp/kubectl.json
export KUBECONFIG
cat >"$KUBECONFIG.$$" <<EOF
{
  "apiVersion": "v1",
  "kind": "Config",
  "current-context": "mca",
  "contexts": [{
    "name": "mca",
    "context": {
      "cluster": "mca",
      "user": "mca",
      "namespace": $(quote "$namespace")
    }
  }],
  "clusters": [{
    "name": "mca",
    "cluster": {
      "server": $(quote "https://$address"),
      "certificate-authority": $(quote "$directory/ca.crt")
    }
  }],
  "users": [{
    "name": "mca",
    "user": { "tokenFile": $(quote "$directory/token") }
  }]
}
EOF
mv -f "$KUBECONFIG.$$" "$KUBECONFIG"

# Loopback is never behind a proxy.
NO_PROXY=127.0.0.1${NO_PROXY:+,$NO_PROXY}
no_proxy=$NO_PROXY
export NO_PROXY no_proxy

exec kubectl "$@"
