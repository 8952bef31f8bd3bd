# A node as a machine: its cgroups, the network namespace, power on and off.
#
# Nothing here goes by a process' name or a remembered PID: a node's processes are those in its cgroups
# ($MARK-NODE in every controller), and its systemd is the one process of its init.scope. That stays
# true when the run that started them was killed.
# shellcheck shell=bash disable=SC2154 # settings come from lab

node_dir() { printf '%s/nodes/%s' "$LAB" "$1"; }
known() { [ -f "$(node_dir "$1")/ip" ] || die "no node $1: lab list"; }

# The controllers of this machine (cgroup v1, and `unified` beside them).
controllers() { local dir; for dir in /sys/fs/cgroup/*/; do [ ! -f "$dir/cgroup.procs" ] || basename "$dir"; done; }

# enter_cgroup CONTROLLER NAME: makes the cgroup where needed and puts this shell into it.
enter_cgroup() {
  local dir=/sys/fs/cgroup/$1/$2
  [ -d "/sys/fs/cgroup/$1" ] || die "needs a machine with cgroup v1: /sys/fs/cgroup/$1 is missing"
  mkdir -p "$dir"
  if [ "$1" = cpuset ] && [ -z "$(cat "$dir/cpuset.cpus")" ]; then
    cat /sys/fs/cgroup/cpuset/cpuset.cpus > "$dir/cpuset.cpus"
    cat /sys/fs/cgroup/cpuset/cpuset.mems > "$dir/cpuset.mems"
    echo 1 > "$dir/cgroup.clone_children"
  fi
  echo "$BASHPID" > "$dir/cgroup.procs"
}

processes() { find "/sys/fs/cgroup/freezer/$1" -name cgroup.procs -exec cat {} + 2> /dev/null || true; }

# Kills all processes of a cgroup at once (frozen first: none may act on another's death), then removes it.
end_cgroup() {
  local freezer=/sys/fs/cgroup/freezer/$1 try pid killed=
  for try in $(seq 100); do
    [ -n "$(processes "$1")" ] || break
    [ "$try" -lt 100 ] || die "processes of $1 do not end: $(processes "$1" | tr '\n' ' ')"
    echo FROZEN > "$freezer/freezer.state"
    killed+=" $(processes "$1")"
    processes "$1" | xargs -r kill -9 2> /dev/null || true
    echo THAWED > "$freezer/freezer.state"
    sleep 0.1
  done
  # A dead process has left its cgroup; the node's PID 1 still waits for the last of its namespace, mounts in hand.
  for pid in $killed; do
    for try in $(seq 100); do
      grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" || break
      [ "$try" -lt 100 ] || die "process $pid of $1 does not end"
      sleep 0.1
    done
  done
  remove_cgroup "$1"
}

remove_cgroup() {
  local dir
  for _ in $(seq 50); do
    for dir in /sys/fs/cgroup/*/"$1"; do [ ! -d "$dir" ] || find "$dir" -depth -type d -exec rmdir {} + 2> /dev/null || true; done
    compgen -G "/sys/fs/cgroup/*/$1" > /dev/null || return 0
    sleep 0.1 # a process that is just leaving
  done
  die "cgroups of $1 cannot be removed"
}

network_up() {
  [ ! -e "/run/netns/$MARK" ] || return 0
  ip netns add "$MARK"
  ip -n "$MARK" link set lo up
  ip -n "$MARK" link add lab0 type bridge
  ip -n "$MARK" addr add "$NET.1/24" dev lab0
  ip -n "$MARK" link set lab0 up
}

# The node's PID 1 as this machine counts; fails when the node is off.
leader() {
  local scope=/sys/fs/cgroup/systemd/$MARK-$1/payload/init.scope/cgroup.procs pid=
  { read -r pid < "$scope"; } 2> /dev/null || return 1
  [ -n "$pid" ] && printf '%s\n' "$pid"
}
is_on() { leader "$1" > /dev/null; }

# Replaces this shell by CMD inside the node.
lab_in() {
  local node=${1:?NAME} pid controller cgroup
  shift
  pid=$(leader "$node") || die "$node is off: lab list"
  for controller in $(controllers); do
    cgroup=$MARK-$node
    [ ! -d "/sys/fs/cgroup/$controller/$cgroup/payload" ] || cgroup+=/payload
    enter_cgroup "$controller" "$cgroup"
  done
  exec nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup -- \
    env -i --chdir=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@"
}
in_node() { (lab_in "$@"); }

mount_root() {
  local dir
  dir=$(node_dir "$1")
  mountpoint -q "$dir/root" && return
  mkdir -p "$dir/root"
  # redirect_dir: without it a directory of the lower layers cannot be renamed, as it can on a real disk.
  mount -t overlay "$MARK-$1" -o "redirect_dir=on,lowerdir=$(cat "$dir/lower"),upperdir=$dir/disk/upper,workdir=$dir/disk/work" "$dir/root"
}

lab_start() {
  local node=${1:?NAME} dir link
  known "$node"
  ! is_on "$node" || return 0
  dir=$(node_dir "$node")
  end_cgroup "$MARK-$node"
  network_up
  mount_root "$node"
  boot "$node" < /dev/null > "$dir/console.log" 2>&1 &
  for _ in $(seq 150); do
    for link in $(ip -n "$MARK" -o link show | grep -o 'vb-[^@:]*'); do ip -n "$MARK" link set "$link" up; done
    [ "$(in_node "$node" systemctl is-active containerd 2> /dev/null)" != active ] || return 0
    sleep 0.2
  done
  tail -5 "$dir/console.log" >&2
  die "$node does not boot: $dir/console.log"
}

boot() {
  local dir controller
  dir=$(node_dir "$1")
  for controller in $(controllers); do enter_cgroup "$controller" "$MARK-$1"; done
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0 SYSTEMD_NSPAWN_API_VFS_WRITABLE=1
  exec setsid nsenter --net="/run/netns/$MARK" systemd-nspawn --quiet --directory="$dir/root" --machine="$MARK-$1" --hostname="$1" \
    --boot --capability=all --keep-unit --register=no --network-bridge=lab0 \
    --bind="$dir/disk/containerd:/var/lib/containerd" --bind="$dir/disk/etcd:/var/lib/etcd" --bind=/dev/kmsg --bind=/dev/fuse \
    --system-call-filter="add_key keyctl bpf" --console=pipe
}

lab_stop() {
  local node=${1:?NAME} pid
  known "$node"
  if [ "${2:-}" != hard ] && pid=$(leader "$node"); then
    kill -s RTMIN+4 "$pid" # systemd's word for: power off
    for _ in $(seq 240); do [ -n "$(processes "$MARK-$node")" ] || break; sleep 0.5; done
  fi
  end_cgroup "$MARK-$node"
}
