# What nodes are made of, built once and cached by content.
#
# A part is a recipe in parts/ that fills one folder. The folder's name holds a hash of the recipe, of the
# files beside it and of what it is given, so a change of one part never rebuilds another. A recipe works
# in a folder of its own that gets its name only when it is complete: a build that was killed leaves nothing
# that a later one could take for whole.
# shellcheck shell=bash disable=SC2154 # settings come from lab

lab_build() {
  local start=$SECONDS
  build_parts
  say "$K8S is there, after $((SECONDS - start)) s: $CACHE/parts"
}

# Sets IMAGE and ROOT, the two layers below a node's own disk. Who has all of it does not wait for another's build.
build_parts() {
  require_tools
  mkdir -p "$CACHE/parts"
  ! choose_parts built_part || return 0
  exec 9> "$CACHE/build.lock"
  flock -n 9 || { say "another build is running, waiting for it"; flock 9; }
  remove_half_built
  choose_parts part
  exec 9>&-
}

# choose_parts part|built_part
choose_parts() {
  local kubernetes etcd containerd cni tiny
  kubernetes=$($1 kubernetes "$K8S") \
    && etcd=$($1 etcd "$(constant "$kubernetes" DefaultEtcdVersion)") \
    && containerd=$($1 containerd) && cni=$($1 cni) && tiny=$($1 tiny) && ROOT=$($1 root) \
    && IMAGE=$($1 image "$K8S" "$kubernetes" "$etcd" "$containerd" "$cni" "$tiny")
}

part_folder() {
  local name=$1
  shift
  printf '%s/parts/%s-%s\n' "$CACHE" "$name" "$(part_inputs "$name" "$@" | sha256sum | cut -c1-12)"
}

# The folder of a part that is there; fails where it is not.
built_part() {
  local out
  out=$(part_folder "$@")
  [ -d "$out" ] && printf '%s\n' "$out"
}

# part NAME [ARG…]: prints the part's folder; runs its recipe (`parts/NAME OUT ARG…`) when it isn't there.
part() {
  local name=$1 out new
  out=$(part_folder "$@")
  shift
  if [ ! -d "$out" ]; then
    say "building $name (log: $CACHE/parts/$name.log)"
    new=$CACHE/parts/.new-${out##*/}
    mkdir "$new"
    ( cd "$new"; exec 9>&- "$HERE/parts/$name" "$new" "$@" ) > "$CACHE/parts/$name.log" 2>&1 < /dev/null \
      || { tail -5 "$CACHE/parts/$name.log" >&2; die "building $name failed: $CACHE/parts/$name.log"; }
    mv "$new" "$out"
  fi
  printf '%s\n' "$out"
}

# What a killed build left: its folder, and in it debootstrap's mounts of /proc and /sys. Only under the build's lock.
remove_half_built() {
  unmount_below "$CACHE/parts/.new-"
  rm -rf --one-file-system "$CACHE"/parts/.new-*
}

# unmount_below PREFIX: every mount whose path begins so, the innermost first.
unmount_below() {
  local mount
  for mount in $(awk -v prefix="$1" 'index($2, prefix) == 1 { print $2 }' /proc/mounts | sort -r); do umount "$mount"; done
}

# The recipe, its files (parts/NAME.*) or tree (parts/NAME.d), and its arguments without the cache's own place.
part_inputs() {
  local name=$1
  shift
  printf '%s\n' "${@//"$CACHE"/}"
  find "$HERE/parts/$name" "$HERE/parts/$name".* -type f 2> /dev/null | LC_ALL=C sort | while read -r file; do
    printf '%s\n' "${file#"$HERE"}"; cat "$file"
  done
}

# constant PART NAME: a string constant of the kubeadm in PART, such as the etcd release it expects.
constant() { sed -n "s/.*\b$2 = \"\(.*\)\"/\1/p" "$1/constants.go" | head -1; }

# Installs what is missing. Go is not in Debian 12 in a version that builds Kubernetes.
require_tools() {
  install_missing debootstrap:debootstrap systemd-nspawn:systemd-container ip:iproute2 nsenter:util-linux python3:python3 strip:binutils
  command -v go > /dev/null || die "needs Go, in PATH or /usr/local/go: https://go.dev/dl"
}

# install_missing PROGRAM:PACKAGE...
install_missing() {
  local missing=() pair
  for pair in "$@"; do command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}"); done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } > /dev/null \
      || die "could not install ${missing[*]}"
  fi
}
