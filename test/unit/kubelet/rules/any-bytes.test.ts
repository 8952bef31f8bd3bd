import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadFields } from '../../../../src/kubelet/fields/load.ts';
import { judge } from '../../../../src/kubelet/rules/judge.ts';
import { HEAD } from './judging.ts';

test('whatever the files hold, there is a judgement, and every place of it lies in a file', async () => {
  const fields = await loadFields('1.37');
  const names = fc.constantFrom(...fields.top.map(({ name }) => name), 'maxpods', 'nothing', '<<', 'apiVersion', 'kind');
  const value = fc.oneof(fc.json(), fc.constantFrom('', '~', 'yes', '0o17', '1_0', '*a', '&a x', '!!binary aGk=', '|', '- a', '{', '"', '? a', '.nan', '10s', '1:30'));
  const line = fc.tuple(names, value).map(([name, text]) => `${name}: ${text}\n`);
  const file = fc.oneof(fc.array(line, { maxLength: 8 }).map((lines) => Buffer.from(HEAD + lines.join(''))), fc.uint8Array({ maxLength: 60 }), fc.string().map((text) => Buffer.from(text)));
  fc.assert(
    fc.property(file, fc.array(file, { maxLength: 2 }), (config, dropIns) => {
      const found = judge(fields, { config: { file: '/c', bytes: config }, dropIns: dropIns.map((bytes, i) => ({ file: `/d/${i}.conf`, bytes })), flags: [] });
      for (const { message, where } of found) {
        assert.match(message, /^[^\n]+$/);
        for (const place of where) {
          assert.match(place.file, /^\/(c$|d\/)/);
          if (place.text !== undefined) assert.ok((place.column ?? 0) >= 1 && (place.column ?? 0) - 1 <= place.text.length, JSON.stringify(place));
        }
      }
    }),
    { numRuns: 300, seed: 4 },
  );
});
