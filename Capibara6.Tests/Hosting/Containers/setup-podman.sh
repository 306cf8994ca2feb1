#!/bin/bash
# Makes the container tests runnable on a Debian machine without a container engine: podman, kept away from PATH so that
# nothing else on the machine begins to use containers, and stand-ins for the product's images, because no image registry
# is needed or asked. Run as root; a second run does nothing. Prints the folder that the tests look for.
#
#   setup-podman.sh [FOLDER]      default /opt/capibara6-podman
set -euo pipefail
folder=${1:-/opt/capibara6-podman}
here=$(cd "$(dirname "$0")" && pwd)
state=$(cat "$here/setup-podman.sh" "$here/stand-in-postgres.sh" | sha256sum | cut -c1-12) # other scripts, other images
postgres_image=docker.io/library/postgres:18.3
redis_image=docker.io/library/redis:8.6
log=$folder/setup.log
mkdir -p "$folder"

say() { echo "setup-podman: $*" >&2; }
quietly() { "$@" >>"$log" 2>&1 || { say "failed: $*"; tail -20 "$log" >&2; exit 1; }; }

install_podman() {
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-get update -q
  quietly apt-get install -qy --no-install-recommends \
    conmon runc iptables netavark aardvark-dns golang-github-containers-common libgpgme11 libsubid4 catatonit debootstrap
  (cd "$folder" && quietly apt-get download podman && quietly dpkg -x podman_*.deb . && rm podman_*.deb)
  cat >"$folder/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
helper_binaries_dir = ["/usr/lib/podman", "/usr/libexec/podman", "$folder/usr/lib/podman", "$folder/usr/libexec/podman"]
CONF
}

podman() { CONTAINERS_CONF=$folder/containers.conf "$folder/usr/bin/podman" "$@"; }

# Debian's own servers behind the entry point, the variables and the paths of the images they stand in for.
build_images() {
  local root=$folder/root build=$folder/build
  if [ ! -e "$root.done" ]; then
    rm -rf "$root"
    quietly debootstrap --variant=minbase --include=postgresql,redis-server "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root"
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale} "$root"/var/lib/postgresql/*
    touch "$root.done"
  fi
  install -m 755 "$here/stand-in-postgres.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  tar -C "$root" -c . | quietly podman import - "localhost/capibara6-base:$state"
  rm -rf "$build" && mkdir -p "$build"
  printf 'FROM localhost/capibara6-base:%s\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\nEXPOSE 5432\nVOLUME /var/lib/postgresql\nSTOPSIGNAL SIGINT\n' "$state" >"$build/Postgres"
  printf 'FROM localhost/capibara6-base:%s\nWORKDIR /data\nCMD ["redis-server", "--protected-mode", "no"]\nEXPOSE 6379\nVOLUME /data\n' "$state" >"$build/Redis"
  quietly podman build -q -t "$postgres_image" -f "$build/Postgres" "$build"
  quietly podman build -q -t "$redis_image" -f "$build/Redis" "$build"
}

[ -x "$folder/usr/bin/podman" ] || { say "installing podman"; install_podman; }
{ podman image exists "localhost/capibara6-base:$state" && podman image exists "$postgres_image" && podman image exists "$redis_image"; } || { say "building stand-in images"; build_images; }
echo "$folder"
