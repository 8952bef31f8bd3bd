# A node's disk, kept and put back, so that each test case begins on a fresh healthy node.
#
# The plug is pulled before copying: a soft stop may take a minute and more (the API server's grace), and
# what runs on the disk must survive a pulled plug anyway. A copy gets its name when it is complete.
# shellcheck shell=bash disable=SC2154 # settings come from lab

lab_save() {
  local node=${1:?NAME} name=${2:?SNAPSHOT} dir was_on=no
  known "$node"
  dir=$LAB/snapshots/$node
  ! is_on "$node" || was_on=yes
  lab_stop "$node" hard
  mkdir -p "$dir"
  copy_disk "$(node_dir "$node")/disk" "$dir/.new"
  rm -rf --one-file-system "${dir:?}/$name"
  mv "$dir/.new" "$dir/$name"
  [ $was_on = no ] || lab_start "$node"
}

lab_restore() {
  local node=${1:?NAME} name=${2:?SNAPSHOT} dir
  known "$node"
  dir=$(node_dir "$node")
  [ -d "$LAB/snapshots/$node/$name" ] || die "$node has no snapshot $name: lab list"
  lab_stop "$node" hard
  ! mountpoint -q "$dir/root" || umount -R "$dir/root"
  copy_disk "$LAB/snapshots/$node/$name" "$dir/disk.new"
  rm -rf --one-file-system "$dir/disk"
  mv "$dir/disk.new" "$dir/disk"
  lab_start "$node"
}

# overlayfs keeps its own things in work/: a new one each time. Whiteouts and attributes are copied by -a.
# containerd's content store names files by their hash and never writes to them again: links do, and halve the time.
copy_disk() {
  local path
  rm -rf --one-file-system "$2"
  mkdir -p "$2"/{work,containerd}
  cp -a --reflink=auto "$1"/{upper,etcd} "$2/"
  for path in "$1"/containerd/*; do
    case $path in
      */io.containerd.content.v1.content) cp -al "$path" "$2/containerd/" ;;
      *) cp -a --reflink=auto "$path" "$2/containerd/" ;;
    esac
  done
  chmod --reference="$1/containerd" "$2/containerd"
}
