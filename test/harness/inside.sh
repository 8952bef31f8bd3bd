#!/bin/sh
# inside.sh PLACE PROGRAM ARGS...: in namespaces of its own for mounts and network, which unshare made. What a kubelet
# writes goes to memory: the root is an overlay, and so are the kernel's settings. PLACE alone is the machine's own.
set -e
place=$1
shift
mount --make-rprivate /
mkdir -p "$place/over"
mount -t tmpfs none "$place/over"
mkdir "$place/over/upper" "$place/over/work" "$place/over/root" "$place/over/sys"
mount -t overlay overlay -o "lowerdir=/,upperdir=$place/over/upper,workdir=$place/over/work" "$place/over/root"
root="$place/over/root"
for name in proc sys dev run; do
  mount --rbind "/$name" "$root/$name"
done
mount --bind "$(dirname "$place")" "$root$(dirname "$place")"
for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  [ -e "/proc/sys/$name" ] || continue
  copy="$place/over/sys/$(echo $name | tr / _)"
  cat "/proc/sys/$name" > "$copy"
  mount --bind "$copy" "$root/proc/sys/$name"
done
mount -t tmpfs none "$root/var/lib"
mount -t tmpfs none "$root/var/log"
# A node of its own: its files over the machine's, nothing in /run, and its runtime in /var/run alone, where cAdvisor does
# not look for it: it would ask for the machine's containers.
if [ -d "$place/node" ]; then
  cp -a "$place/node/." "$root/"
  mount -t tmpfs none "$root/run"
  rm -f "$root/var/run"
  mkdir -p "$root/var/run/containerd"
  : > "$root/var/run/containerd/containerd.sock"
  mount --bind "$place/runtime.sock" "$root/var/run/containerd/containerd.sock"
fi
ip link set lo up
exec chroot "$root" "$@"
