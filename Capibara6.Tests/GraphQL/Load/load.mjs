// What an operation costs, in CPU and in time, beside well-known servers in the same run:
// node load.mjs URL TOKEN PID [SECONDS] with the process id of the service. Needs wrk and Linux's /proc.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [url, token, pid, seconds = '10'] = process.argv.slice(2);
const ROUNDS = 3;
const TICKS_PER_SECOND = 100;
const models = { query: '{ models { id name description } }' };
const repeat = (text, count) => text.repeat(count);
const aliases = (count, field) => Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

// Documents that ask for more than any request may; each must cost less than what it would.
const refused = {
    'a flood of aliases': `{ ${aliases(300, 'models { id }')} }`,
    'fragments that double': `{ ...F0 } ${Array.from({ length: 20 }, (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`).join(' ')} fragment F20 on Query { __typename }`,
    'a circle of fragments': '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    'a flood of directives': `{ __typename${repeat(' @skip(if:false)', 600)} }`,
    'introspection in circles': `{ __schema { types { ${repeat('fields { type { ', 10)}name${repeat(' } }', 10)} } } }`,
    'nested lists': `{ batches(after: ${repeat('[', 400)}${repeat(']', 400)}) { nodes { id } } }`,
    'mistakes without end': `{ models { ${Array.from({ length: 900 }, (_, index) => `wrong${index}`).join(' ')} } }`,
    'a long document': `{ __typename }${repeat(' ', 70_000)}`,
};
const question = { query: 'mutation Ask($input: ProcessQueryInput!) { processQuery(input: $input) { id result } }', variables: { input: { query: 'What is 2+2?', useCache: false } } };

const folder = mkdtempSync(join(tmpdir(), 'graphql-load-'));
const peers = await Promise.all(['yoga', 'apollo'].map(start));
const targets = [
    { name: 'ours: models, key and all bounds on', url, pid, body: models, token },
    ...peers.map(peer => ({ name: `${peer.kind}: models, no identity, no limits`, url: peer.url, pid: peer.process.pid, body: models })),
    { name: 'ours: processQuery, uncached, emulator without latency', url, pid, body: question, token },
    ...Object.entries(refused).map(([name, query]) => ({ name: `ours, refused: ${name}`, url, pid, body: { query }, token, isRefused: true })),
];
try {
    // A server's first requests pay for its compiler.
    for (const target of targets) {
        await run(target);
    }

    for (let round = 0; round < ROUNDS; round++) {
        for (const target of targets) {
            (target.rounds ??= []).push(await run(target));
        }
    }

    console.log('| | requests/s | CPU µs a request | p50 ms | p95 ms | p99 ms |\n| --- | --- | --- | --- | --- | --- |');
    for (const { name, rounds } of targets) {
        const [rate, cpu, p50, p95, p99] = ['rate', 'cpu', 'p50', 'p95', 'p99'].map(figure => median(rounds.map(round => round[figure])));
        console.log(`| ${name} | ${rate.toFixed(0)} | ${cpu.toFixed(0)} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${p99.toFixed(1)} |`);
    }
} finally {
    peers.forEach(peer => peer.process.kill());
    rmSync(folder, { recursive: true });
}

async function start(kind) {
    const port = await freePort();
    const process = spawn('node', ['peer.mjs', kind, String(port)], { stdio: 'inherit', env: { ...globalThis.process.env, NODE_ENV: 'production' } });
    const peer = { kind, process, url: `http://127.0.0.1:${port}/graphql` };
    for (;;) {
        const answer = await fetch(peer.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(models) }).catch(() => null);
        if (answer?.ok) {
            return peer;
        }

        await new Promise(resolve => setTimeout(resolve, 100));
    }
}

async function run({ url, pid, body, token, isRefused }) {
    const script = join(folder, 'request.lua');
    writeFileSync(script, `
wrk.method = "POST"
wrk.body = ${JSON.stringify(JSON.stringify(body))}
wrk.headers["Content-Type"] = "application/json"
${token ? `wrk.headers["Authorization"] = "Bearer ${token}"` : ''}
bad = 0
function response(status) if status ~= 200 then bad = bad + 1 end end
function done(summary, latency)
  io.write(string.format("RESULT %d %d %f %f %f %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99), summary.errors.status + summary.errors.timeout))
end`);
    const before = cpuOf(pid);
    const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c16', `-d${seconds}s`, '-s', script, url]);
    const used = cpuOf(pid) - before;
    const [requests, duration, p50, p95, p99, bad] = /RESULT (.*)/.exec(stdout)[1].split(' ').map(Number);
    if (bad > 0 && !isRefused) {
        throw new Error(`${bad} requests were not answered with 200 by ${url}:\n${stdout}`);
    }

    return { rate: requests / (duration / 1e6), cpu: used * 1e6 / requests, p50: p50 / 1e3, p95: p95 / 1e3, p99: p99 / 1e3 };
}

/** CPU seconds that a process has used, user and system. */
function cpuOf(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function median(values) {
    return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

function freePort() {
    return new Promise(resolve => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}
