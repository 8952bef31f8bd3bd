/**
 * The move on one kubelet after another; each writes its line of docs/versions.md. The programs of a version that the cache does
 * not have are built first, some 10 min each.
 *
 *     KCFG_LAB_VERSIONS="v1.34.4 v1.36.3" node --import tsx --test test/lab/long/versions.test.ts
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adopt, keptThroughKubeadm } from '../adopt.ts';
import { openLab } from '../node.ts';
import { writeVersion } from './versions-table.ts';

const VERSIONS = (process.env['KCFG_LAB_VERSIONS'] ?? 'v1.30.4 v1.34.4 v1.36.3 v1.37.2').split(/\s+/).filter((version) => version !== '');

for (const version of VERSIONS) {
  test(`kubelet ${version}: no request fails, no container restarts, and kubeadm upgrade node leaves the path`, { timeout: 3_600_000 }, async (t) => {
    const lab = await openLab({ kubernetes: version });
    try {
      const cp = await lab.controlPlane('cp1', { kcfg: true });
      const adopted = await adopt(cp);
      writeVersion(version, adopted);
      assert.equal(adopted.failed, 0, JSON.stringify(adopted));
      assert.equal(adopted.same, adopted.containers);
      assert.equal(adopted.containers, 4);
      assert.notEqual(adopted.persistence, 'none');
      t.diagnostic(`${JSON.stringify(adopted)}; kubeadm upgrade node: ${(await keptThroughKubeadm(cp, true)).toFixed(0)} s`);
    } finally {
      await lab.close();
    }
  });
}
