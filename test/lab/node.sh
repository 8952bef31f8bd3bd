# A node from its first boot until it is taken away, and the end of the whole lab.
# shellcheck shell=bash disable=SC2154 # settings come from lab

lab_up() {
  local node=${1:?NAME} ip=${2:-} dir subnet
  [[ $node =~ ^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$ ]] || die "a node's name is a-z, 0-9 and -, not '$node'"
  build_parts
  dir=$(node_dir "$node")
  mkdir -p "$LAB/nodes"
  mkdir "$dir" || die "$node exists: lab down $node"
  (
    flock 9 # two runs must not choose the same address
    printf '%s\n' "${ip:-$(free_address)}" > "$dir/ip"
  ) 9> "$LAB/lock"
  ip=$(cat "$dir/ip")
  printf '%s:%s\n' "$IMAGE" "$ROOT" > "$dir/lower"
  mkdir -p "$dir"/disk/{upper,work,containerd,etcd}
  chmod 700 "$dir/disk/etcd"
  mount_root "$node"
  echo "$node" > "$dir/root/etc/hostname"
  : > "$dir/root/etc/machine-id"
  printf '127.0.0.1 localhost\n%s %s\n' "$ip" "$node" > "$dir/root/etc/hosts"
  printf 'IP=%s\nGW=%s\n' "$ip" "$NET.1" > "$dir/root/etc/lab-node.env"
  subnet=10.244.${ip##*.}.0/24
  mkdir -p "$dir/root/etc/cni/net.d"
  sed "s|@SUBNET@|$subnet|" "$HERE/network.conflist" > "$dir/root/etc/cni/net.d/10-lab.conflist"
  lab_start "$node"
  import_images "$node" /opt/images
}

# import_images NODE FOLDER: into its containerd, for no node can pull any.
import_images() {
  local dir file
  dir=$(node_dir "$1")
  for file in "$dir/root$2"/*.tar; do
    in_node "$1" ctr -n k8s.io images import "$2/$(basename "$file")" >> "$dir/images.log" 2>&1 \
      || { tail -3 "$dir/images.log" >&2; die "$1 does not take the image $(basename "$file")"; }
  done
}

# What a package of that version brings: each program by rename, for one that runs cannot be written to. Nothing is restarted.
lab_upgrade() {
  local node=${1:?NAME} version=${2:?VERSION} root program
  shift 2
  [ $# -gt 0 ] || set -- kubelet kubeadm kubectl
  is_on "$node" || die "$node is off: lab start $node"
  root=$(node_dir "$node")/root
  K8S=$version
  build_parts
  for program in "$@"; do
    cp "$IMAGE/usr/bin/$program" "$root/usr/bin/.$program"
    mv "$root/usr/bin/.$program" "$root/usr/bin/$program"
  done
  mkdir -p "$root/opt/$version"
  cp "$IMAGE"/opt/images/*.tar "$root/opt/$version/"
  import_images "$node" "/opt/$version"
  rm -r "${root:?}/opt/$version"
}

# Nodes begin at .11, as in the guides people know.
free_address() {
  local last
  for last in $(seq 11 250); do
    grep -qsx "$NET.$last" "$LAB"/nodes/*/ip || { printf '%s.%s\n' "$NET" "$last"; return; }
  done
  die "no free address"
}

lab_kcfg() {
  local node=${1:?NAME} version deb
  version=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$HERE/../../package.json")
  deb=$HERE/../../dist/kcfg_${version}_amd64.deb
  [ -f "$deb" ] || die "dist/$(basename "$deb") is missing: npm run package"
  is_on "$node" || die "$node is off: lab start $node"
  cp "$deb" "$(node_dir "$node")/root/root/kcfg.deb"
  in_node "$node" dpkg -i /root/kcfg.deb > /dev/null
}

lab_poll() {
  local ip=$NET.1
  [ "${1:?NAME}" = balancer ] || { known "$1"; ip=$(cat "$(node_dir "$1")/ip"); }
  exec nsenter --net="/run/netns/$MARK" "$HERE/poll" "https://$ip:6443${3:-/readyz}" "${2:-3600}" "${@:4}"
}

lab_down() {
  local node=${1:?NAME} dir
  dir=$(node_dir "$node")
  [ -d "$dir" ] || die "no node $node: lab list"
  end_cgroup "$MARK-$node"
  ! mountpoint -q "$dir/root" || umount -R "$dir/root"
  rm -rf --one-file-system "$dir" "/run/systemd/nspawn/propagate/$MARK-$node"
}

lab_list() {
  local dir node state
  for dir in "$LAB"/nodes/*/; do
    [ -f "$dir/ip" ] || continue
    node=$(basename "$dir") state=off
    ! is_on "$node" || state=on
    printf '%s\t%s\t%s\t%s\n' "$node" "$(cat "$dir/ip")" "$state" "$(find "$LAB/snapshots/$node" -mindepth 1 -maxdepth 1 -printf '%f ' 2> /dev/null)"
  done
}

# By what the kernel knows, not by what an earlier run wrote down: that one may have been killed.
lab_clean() {
  local cgroup
  end_cgroup "$MARK.tools" # first: it may be about to start a node
  for cgroup in $(find /sys/fs/cgroup/*/ -maxdepth 1 -name "$MARK-*" -printf '%f\n' | sort -u); do
    end_cgroup "$cgroup"
  done
  unmount_below "$LAB/"
  # A lock that is held is the build of another lab, alive.
  if [ -d "$CACHE/parts" ]; then ( ! flock -n 9 || remove_half_built ) 9> "$CACHE/build.lock"; fi
  [ ! -e "/run/netns/$MARK" ] || ip netns delete "$MARK"
  rm -rf --one-file-system "$LAB" /run/systemd/nspawn/propagate/"$MARK"-* /run/systemd/nspawn/unix-export/"$MARK"-*
}
