/**
 * Servers that come and go with a pretend process. Closing one ends its connections at once, as a process's death does;
 * a port is free again when close() resolves.
 */
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';

export interface Listening {
  close(): Promise<void>;
}

/** Resolves when it listens, rejects with EADDRINUSE and the like. A port that is just being left is waited for. */
export async function listen(server: HttpServer | HttpsServer, port: number): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.removeListener('error', reject);
          resolve();
        });
      });
      break;
    } catch (error) {
      if (attempt === 10 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  // a client that breaks off a handshake is no one's problem
  server.on('error', () => {});
  server.on('tlsClientError', () => {});
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
