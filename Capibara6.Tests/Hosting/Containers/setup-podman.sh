#!/bin/bash
# Makes the container tests runnable on a Debian machine without a container engine: podman, kept away from PATH so that
# nothing else on the machine begins to use containers, and stand-ins for the product's images, because no image registry
# is needed or asked. Run as root; a second run does nothing. Prints the folder that the tests look for.
#
#   setup-podman.sh [FOLDER]      default /opt/capibara6-podman
set -euo pipefail
folder=${1:-/opt/capibara6-podman}
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
  local build=$folder/build
  rm -rf "$build" && mkdir -p "$build"
  quietly debootstrap --variant=minbase --include=postgresql,redis-server "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$build/root"
  rm -rf "$build"/root/var/cache/apt/* "$build"/root/var/lib/apt/lists/* "$build"/root/usr/share/{doc,man,locale}
  cp "$(dirname "$0")/stand-in-postgres.sh" "$build/root/usr/local/bin/docker-entrypoint.sh"
  chmod 755 "$build/root/usr/local/bin/docker-entrypoint.sh"
  mkdir -p "$build/root/data"
  printf 'FROM scratch\nCOPY root /\n' >"$build/Base"
  printf 'FROM localhost/capibara6-base\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\nEXPOSE 5432\nVOLUME /var/lib/postgresql\nSTOPSIGNAL SIGINT\n' >"$build/Postgres"
  printf 'FROM localhost/capibara6-base\nWORKDIR /data\nCMD ["redis-server", "--protected-mode", "no"]\nEXPOSE 6379\nVOLUME /data\n' >"$build/Redis"
  quietly podman build -q -t localhost/capibara6-base -f "$build/Base" "$build"
  quietly podman build -q -t "$postgres_image" -f "$build/Postgres" "$build"
  quietly podman build -q -t "$redis_image" -f "$build/Redis" "$build"
  rm -rf "$build"
}

[ -x "$folder/usr/bin/podman" ] || { say "installing podman"; install_podman; }
podman image exists "$redis_image" || { say "building stand-in images"; build_images; }
echo "$folder"
