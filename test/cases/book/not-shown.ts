/** What no node of this project can show, or what 1.37 no longer does. */
import type { NotShown } from '../case.ts';

export const notShown: readonly NotShown[] = [
  { id: 'B088', name: 'a static pod that is not started again after an edit', class: 'other', why: 'a defect of kubelets 1.22 and 1.23; what is left of it on 1.37 is case W2' },
  { id: 'B116', name: 'the clock is wrong', class: 'clock', why: "the lab's nodes have their machine's clock" },
  { id: 'B137', name: "docker's cgroup driver", class: 'cgroup driver mismatch', why: 'kubelets from 1.24 on do not speak to docker' },
  { id: 'B139', name: 'swap is on again', class: 'swap', why: "the lab's nodes have their machine's swap, and their kubelets are told to bear it" },
  { id: 'B143', name: 'a member that was removed', class: 'etcd data dir, etcd member', why: 'needs two more control planes, which the book does not boot' },
  { id: 'B151', name: 'pods are evicted under disk pressure', class: 'disk full or eviction', why: "the lab's nodes have their machine's disk; since 1.13 no critical pod is evicted" },
  { id: 'B154', name: 'an AppArmor profile is not loaded', class: 'SELinux/AppArmor', why: "the machine's kernel has no AppArmor" },
  { id: 'B155', name: 'br_netfilter and ip_forward are lost', class: 'other', why: "the lab's nodes share their machine's kernel modules; no pod of a control plane needs either" },
  { id: 'B164', name: 'a kubeadm upgrade that was left half-way', class: 'version skew', why: 'needs images of two versions: the lab on demand has it (test/lab/long/upgrade.test.ts)' },
  { id: 'B165', name: 'edits that a kubeadm upgrade wrote over', class: 'version skew', why: 'nothing is down; kcfg diff and history show it' },
];
