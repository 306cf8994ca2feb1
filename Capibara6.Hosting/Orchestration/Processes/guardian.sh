# Reads what a run has started, one line each, until its host is gone; then ends all of it.
#   group PID SIGNAL MARK | forget PID | folder PATH | containers PROGRAM
# Arguments: the variable that marks the run's processes, the label that marks its containers, the run's id, seconds of grace.
variable=$1 label=$2 run=$3 grace=$4
exec >/dev/null 2>&1
trap '' HUP INT QUIT TERM PIPE
newline='
'
groups='' folders='' engines=''
while IFS= read -r line; do
  rest=${line#* }
  case $line in
    'group '*)
      set -- $rest
      groups="$groups $1:$2" ;;
    'forget '*)
      kept=''
      for entry in $groups; do
        [ "${entry%%:*}" = "$rest" ] || kept="$kept $entry"
      done
      groups=$kept ;;
    'folder '*) folders="$folders$rest$newline" ;;
    'containers '*) engines="$engines$rest$newline" ;;
  esac
done

# pid, parent and group of every process
table() {
  if [ -r /proc/self/stat ]; then
    for file in /proc/[0-9]*/stat; do
      read -r line <"$file" || continue
      pid=${file#/proc/}
      set -- ${line##*) }
      echo "${pid%/stat} $2 $3"
    done
  else
    ps -axo pid=,ppid=,pgid=
  fi
}

# the descendants of a process, by three levels: PostgreSQL's backends lead groups of their own
descendants() {
  family=" $1 "
  all=$(table)
  for level in 1 2 3; do
    while read -r pid parent group; do
      case $family in *" $pid "*) continue ;; esac
      case $family in *" $parent "* | *" $group "*) family="$family$pid " ;; esac
    done <<END
$all
END
  done
  echo "$family"
}

strays() {
  [ -r /proc/self/environ ] || return 0
  for file in $(grep -lF "$variable=$run" /proc/[0-9]*/environ); do
    pid=${file#/proc/}
    echo "${pid%/environ}"
  done
}

# what was made by a command that was still running when the host ended is caught by the second pass
end_containers() {
  for pass in 1 2; do
    ids=$("$1" ps -aq --filter "label=$label=$run") || return 0
    if [ -n "$ids" ]; then
      "$1" kill $ids
      "$1" rm -f -v $ids
    fi
    networks=$("$1" network ls -q --filter "label=$label=$run")
    [ -z "$networks" ] || "$1" network rm $networks
    [ "$pass" = 2 ] || sleep 2
  done
}

while IFS= read -r engine; do
  [ -z "$engine" ] || end_containers "$engine" &
done <<END
$engines
END

for entry in $groups; do
  kill "-${entry#*:}" "-${entry%%:*}"
done

left=$((grace * 5))
while [ "$left" -gt 0 ]; do
  alive=''
  for entry in $groups; do
    kill -0 "-${entry%%:*}" && alive="$alive $entry"
  done
  groups=$alive
  [ -n "$groups" ] || break
  sleep 0.2
  left=$((left - 1))
done

for entry in $groups; do
  family=$(descendants "${entry%%:*}")
  kill -KILL "-${entry%%:*}"
  kill -KILL $family
done
for pid in $(strays); do
  kill -KILL "$pid"
done
wait

while IFS= read -r folder; do
  case $folder in /?*/?*) rm -rf -- "$folder" ;; esac
done <<END
$folders
END
exit 0
