#!/bin/sh
# inside.sh SCRATCH PROGRAM ARGS...: in namespaces of its own for mounts and network. The kernel's settings that a
# kubelet writes are copies here, and its fixed directories are empty and in memory.
set -e
scratch=$1
shift
mount --make-rprivate /
mkdir -p "$scratch/sys"
for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  [ -e "/proc/sys/$name" ] || continue
  copy="$scratch/sys/$(echo $name | tr / _)"
  cat "/proc/sys/$name" > "$copy"
  mount --bind "$copy" "/proc/sys/$name"
done
ip link set lo up
mount -t tmpfs none /var/lib
mount -t tmpfs none /var/log
exec "$@"
