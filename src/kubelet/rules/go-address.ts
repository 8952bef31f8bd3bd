/** IP addresses as the kubelet reads them (k8s.io/utils/net ParseIPSloppy): no zone, no port, leading zeros let pass. */

export function isAddress(text: string): boolean {
  return text.includes(':') ? isV6(text) : isV4(text);
}

function isV4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,}$/.test(part) && Number(part) <= 255);
}

function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = groups.flat();
  const last = all.at(-1) ?? '';
  const tail = last.includes('.') ? 2 : 1;
  if (tail === 2 && !isV4(last)) return false;
  const plain = tail === 2 ? all.slice(0, -1) : all;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = plain.length + (tail === 2 ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
