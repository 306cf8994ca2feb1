#!/bin/bash
# Makes the container tests runnable on a Debian machine without a container engine: podman, kept away from PATH so that
# nothing else on the machine begins to use containers, and stand-ins for the product's images, because no image registry
# is needed or asked. Run as root; a second run does nothing. Prints the folder that the tests look for.
#
#   setup-podman.sh [FOLDER]      default /opt/capibara6-podman
set -euo pipefail
folder=${1:-/opt/capibara6-podman}
here=$(cd "$(dirname "$0")" && pwd)
# Other scripts or another .NET, other images.
state=$({ cat "$here/setup-podman.sh" "$here"/stand-in-*.sh; dotnet --list-runtimes; dotnet --version; } | sha256sum | cut -c1-12)
postgres_image=docker.io/library/postgres:18.3
timescale_image=docker.io/timescale/timescaledb:2.30.0-pg17
redis_image=docker.io/library/redis:8.6
nginx_image=docker.io/nginxinc/nginx-unprivileged:1.29-alpine
sdk_image=mcr.microsoft.com/dotnet/sdk:10.0
aspnet_image=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
node_image=docker.io/library/node:22-bookworm-slim
# The first Debian whose nginx takes the published configuration as it is.
suite=trixie
packages=postgresql,redis-server,nginx-light,wget,libssl3t64,libstdc++6,zlib1g
log=$folder/setup.log
mkdir -p "$folder"

say() { echo "setup-podman: $*" >&2; }
quietly() { "$@" >>"$log" 2>&1 || { say "failed: $*"; tail -20 "$log" >&2; exit 1; }; }

install_podman() {
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-get update -q
  quietly apt-get install -qy --no-install-recommends \
    conmon runc iptables iproute2 netavark aardvark-dns golang-github-containers-common libgpgme11 libsubid4 catatonit debootstrap
  (cd "$folder" && quietly apt-get download podman && quietly dpkg -x podman_*.deb . && rm podman_*.deb)
}

configure_podman() {
  mkdir -p "$folder/bin"
  cat >"$folder/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
helper_binaries_dir = ["$folder/bin", "/usr/lib/podman", "/usr/libexec/podman", "$folder/usr/lib/podman", "$folder/usr/libexec/podman"]
CONF
  # netavark before 1.9 leaves a bridge the lowest hardware address of its ports, which changes as containers come and go. Those
  # that stay send to the old one for up to two minutes, and get no DNS. An address that was set, to whatever it is, stays.
  cat >"$folder/bin/netavark" <<'WRAPPER'
#!/bin/bash
/usr/lib/podman/netavark "$@"
code=$?
if [[ " $* " == *" setup "* ]]; then
  shopt -s nullglob
  for bridge in /sys/class/net/podman*; do
    ip link set dev "${bridge##*/}" address "$(cat "$bridge/address")"
  done 2>/dev/null
fi
exit "$code"
WRAPPER
  chmod 755 "$folder/bin/netavark"
}

podman() { CONTAINERS_CONF=$folder/containers.conf "$folder/usr/bin/podman" "$@"; }

# Debian's own servers behind the entry point, the variables and the paths of the images they stand in for.
make_root() {
  root=$folder/root
  [ "$(cat "$root.done" 2>/dev/null)" = "$suite $packages" ] && return
  rm -rf "$root" "$root.done"
  quietly debootstrap --variant=minbase --include="$packages" "$suite" "$root"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale} "$root"/var/lib/postgresql/*
  echo "$suite $packages" >"$root.done"
}

# NAME DOCKERFILE-TEXT
image() { printf "$2" "$state" | quietly podman build -q -t "$1" -f - "$build"; }

build_images() {
  build=$folder/build
  make_root
  chroot "$root" install -d -o redis -g redis /data
  install -m 755 "$here/stand-in-postgres.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  install -m 755 "$here/stand-in-nginx.sh" "$root/usr/local/bin/stand-in-nginx.sh"
  tar -C "$root" -c . | quietly podman import - "localhost/capibara6-base:$state"
  rm -rf "$build" && mkdir -p "$build"
  image "$postgres_image" 'FROM localhost/capibara6-base:%s\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\nEXPOSE 5432\nVOLUME /var/lib/postgresql\nSTOPSIGNAL SIGINT\n'
  image "$timescale_image" 'FROM localhost/capibara6-base:%s\nENV PGDATA=/var/lib/postgresql/data\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\nEXPOSE 5432\nVOLUME /var/lib/postgresql/data\nSTOPSIGNAL SIGINT\n'
  image "$redis_image" 'FROM localhost/capibara6-base:%s\nWORKDIR /data\nCMD ["redis-server", "--protected-mode", "no"]\nEXPOSE 6379\nVOLUME /data\n'
  image "$nginx_image" 'FROM localhost/capibara6-base:%s\nENTRYPOINT ["stand-in-nginx.sh"]\nCMD ["nginx", "-g", "daemon off;"]\nUSER 101\nEXPOSE 8080\nSTOPSIGNAL SIGQUIT\n'
  # Node.js is this machine's, mounted when something is built.
  image "$node_image" 'FROM localhost/capibara6-base:%s\nRUN mkdir -p /usr/local/lib/node_modules && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm\n'
  build_dotnet_images
}

# The SDK is this machine's, mounted when something is built, with packages only from the folder /packages, mounted too. The
# runtime's image has nothing but the runtime and the libraries it is linked to: no shell, as in the chiselled one.
build_dotnet_images() {
  local sdk runtime=$build/runtime file
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
  printf '<configuration><packageSources><clear/><add key="here" value="/packages"/></packageSources></configuration>' >"$build/NuGet.Config"
  image "$sdk_image" 'FROM localhost/capibara6-base:%s\nENV PATH=/usr/share/dotnet:/usr/local/bin:/usr/bin:/bin DOTNET_ROOT=/usr/share/dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 NUGET_XMLDOC_MODE=skip\nCOPY NuGet.Config /root/.nuget/NuGet/NuGet.Config\n'
  mkdir -p "$runtime"/{etc,tmp,usr/share/dotnet,lib64,lib/x86_64-linux-gnu}
  cp -a "$sdk"/{dotnet,host} "$runtime/usr/share/dotnet"
  cp -a "$sdk/shared" "$runtime/usr/share/dotnet"
  cp -L "$root/lib64/ld-linux-x86-64.so.2" "$runtime/lib64"
  for file in libc.so.6 libdl.so.2 libm.so.6 libpthread.so.0 librt.so.1 libresolv.so.2 libnss_dns.so.2 libnss_files.so.2 \
    libgcc_s.so.1 libstdc++.so.6 libz.so.1 libssl.so.3 libcrypto.so.3 libzstd.so.1; do
    cp -L "$(find "$root/lib/x86_64-linux-gnu" "$root/usr/lib/x86_64-linux-gnu" -name "$file" -print -quit)" "$runtime/lib/x86_64-linux-gnu"
  done
  chmod 1777 "$runtime/tmp"
  printf 'root:x:0:0::/root:/nologin\napp:x:1654:1654::/home/app:/nologin\n' >"$runtime/etc/passwd"
  printf 'root:x:0:\napp:x:1654:\n' >"$runtime/etc/group"
  image "$aspnet_image" '# %s\nFROM scratch\nCOPY runtime /\nENV PATH=/usr/share/dotnet DOTNET_ROOT=/usr/share/dotnet APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true\nUSER 1654\n'
  rm -rf "$runtime"
}

images_are_built() {
  local name
  for name in "localhost/capibara6-base:$state" "$postgres_image" "$timescale_image" "$redis_image" "$nginx_image" "$node_image" "$sdk_image" "$aspnet_image"; do
    podman image exists "$name" || return 1
  done
}

[ -x "$folder/usr/bin/podman" ] || { say "installing podman"; install_podman; }
configure_podman
images_are_built || { say "building stand-in images"; build_images; }
echo "$folder"
