/** Three calls to the socket in argv[2], the last ones overlapping, and then nothing that would keep the process. */
import { openGrpc } from '../../../src/host/grpc.ts';

const client = openGrpc(process.argv[2] ?? '');
const call = async (method: string): Promise<string> => Buffer.from(await client.call(method, new Uint8Array(), 5000)).toString();
const first = await call('/x/1');
const second = call('/x/2');
await new Promise((resolve) => setTimeout(resolve, 100));
console.log([first, ...(await Promise.all([second, call('/x/3')]))].join(' '));
