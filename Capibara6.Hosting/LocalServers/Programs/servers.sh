# Finds and ends the processes of servers: those that run PROGRAM and work in FOLDER. Linux only: elsewhere there are none.
#   list PROGRAM FOLDER        a line for each: its number, its parent's, and the host that it belongs to
#   end SIGNAL PROGRAM FOLDER  a signal to each
#   run PROGRAM FOLDER COMMAND...
#                              runs a server that is to be stopped with an interrupt, and ends as it ends. Helpers that outlive it are ended: they
#                              would hold on to its memory, and to the output that the orchestrator waits for
#   guard HOST                 reads "server PROGRAM<tab>FOLDER" and "folder FOLDER" until its host is gone; then ends and deletes all of it, and
#                              kills what else was started by the host and its orchestrator, but for the latter, when that did not end it in 5 s
# Every shell that stands behind /bin/sh on Linux knows -ef.
# shellcheck shell=sh disable=SC3013
tab='	'

processes() {
  for process in /proc/[0-9]*; do
    if [ "$process/exe" -ef "$1" ] && [ "$process/cwd" -ef "$2" ]; then
      echo "${process#/proc/}"
    fi
  done 2>/dev/null
}

list() {
  for pid in $(processes "$1" "$2"); do
    read -r line <"/proc/$pid/stat" || continue
    set -- "$1" "$2" ${line##*) }
    [ "$3" = Z ] || echo "$pid $4 $(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^CAPIBARA6_SERVER_OF=//p')"
  done 2>/dev/null
}

end() {
  pids=$(processes "$2" "$3")
  [ -z "$pids" ] || kill "-$1" $pids 2>/dev/null
}

run() {
  program=$1 folder=$2
  shift 2
  "$@" &
  server=$!
  trap 'kill -INT $server' TERM INT
  wait "$server"
  code=$?
  while kill -0 "$server" 2>/dev/null; do
    wait "$server"
    code=$?
  done
  end KILL "$program" "$folder"
  exit "$code"
}

each_server() {
  left=''
  while IFS=$tab read -r program folder; do
    [ -n "$program" ] || continue
    [ -z "$(processes "$program" "$folder")" ] || left=1
    [ -z "$1" ] || end "$1" "$program" "$folder"
  done <<END
$servers
END
}

# Nothing while the host lives, which may have other applications.
strays() {
  [ ! -e "/proc/${1%%-*}/exe" ] || return 0
  for file in $(grep -lsF "CAPIBARA6_SERVER_OF=$1" /proc/[0-9]*/environ); do
    case $(readlink "${file%/environ}/exe") in
      */dcp | '') ;;
      *) pid=${file#/proc/}; echo "${pid%/environ}" ;;
    esac
  done
}

guard() {
  trap '' HUP INT QUIT TERM PIPE
  servers='' folders=''
  while IFS= read -r line; do
    case $line in
      'server '*) servers="$servers${line#* }
" ;;
      'folder '*) folders="$folders${line#* }
" ;;
    esac
  done
  each_server INT
  tries=10
  while [ "$tries" -gt 0 ]; do
    each_server ''
    [ -n "$left$(strays "$1")" ] || break
    sleep 0.5
    tries=$((tries - 1))
  done
  each_server KILL
  for pid in $(strays "$1"); do
    kill -KILL "$pid"
  done 2>/dev/null
  while IFS= read -r folder; do
    case $folder in /?*/?*) rm -rf -- "$folder" ;; esac
  done <<END
$folders
END
}

command=$1
shift
"$command" "$@"
