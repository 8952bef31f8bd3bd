/** The case book: every breakage that is shown, in the order of its classes. Adding one is one entry in book/. */
import type { Case } from './case.ts';
import { certificates } from './book/certificates.ts';
import { etcdData } from './book/etcd.ts';
import { etcdEndpoint, flags } from './book/flags.ts';
import { kubeletConfig } from './book/kubelet-config.ts';
import { paths } from './book/paths.ts';
import { images, otherManifest, probes } from './book/probes.ts';
import { runtime, unit } from './book/unit.ts';
import { gone, wedges } from './book/wedges.ts';
import { yamlSyntax } from './book/yaml-syntax.ts';
import { directory, yamlTypes } from './book/yaml-types.ts';

export const CASES: readonly Case[] = [...yamlSyntax, ...yamlTypes, ...directory, ...flags, ...etcdEndpoint, ...paths, ...certificates, ...probes, ...images, ...otherManifest, ...kubeletConfig, ...unit, ...runtime, ...etcdData, ...wedges, ...gone];
