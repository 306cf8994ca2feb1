// Many subscriptions for a long time must leave nothing behind: node soak.mjs URL TOKEN PID [MINUTES] [CONNECTIONS]
// Each connection asks and follows the answer to its end, again and again, and looks at a batch in between.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token, pid, minutes = '10', connections = '100'] = process.argv.slice(2);
const EVERY = 5_000;
const end = Date.now() + Number(minutes) * 60_000;
let answers = 0;
const samples = [];
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };

const batch = await ask('mutation { processBatch(input: {queries: [{query: "q"}]}) { id } }');
const following = Array.from({ length: Number(connections) }, (_, index) => follow(index));
const sampling = sample();
await Promise.all(following);
await sampling;

const quarter = Math.floor(samples.length / 4);
const mean = part => part.reduce((sum, value) => sum + value, 0) / part.length;
const [second, last] = [mean(samples.slice(quarter, 2 * quarter)), mean(samples.slice(-quarter))];
console.log(`${connections} connections, ${minutes} minutes, ${answers} answers; memory in MiB by quarter: ${[0, 1, 2, 3].map(part => mean(samples.slice(part * quarter, (part + 1) * quarter)).toFixed(0)).join(', ')}`);
if (last > second * 1.1 + 10) {
    console.log('it grows');
    process.exit(1);
}

console.log('it does not grow');

async function follow(index) {
    const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: { Authorization: `Bearer ${token}` }, retryAttempts: 0, lazy: false, onNonLazyError: fail });
    await pause(index * 20);
    const query = 'subscription Follow($input: ProcessQueryInput!) { queryStream(input: $input) { ... on QueryToken { text } ... on QueryDone { result { id } } } }';
    while (Date.now() < end) {
        let done = false;
        for await (const { data, errors } of client.iterate({ query, variables: { input: { query: `Question ${index}`, useCache: false } } })) {
            if (errors) {
                fail(new Error(JSON.stringify(errors)));
            }

            done ||= Boolean(data.queryStream.result);
        }

        if (!done) {
            fail(new Error('an answer without an end'));
        }

        answers++;
        for await (const { errors } of client.iterate({ query: `subscription { batchProgress(id: "${batch.processBatch.id}") { status } }` })) {
            if (errors) {
                fail(new Error(JSON.stringify(errors)));
            }
        }

        await pause(1_000);
    }

    await client.dispose();
}

async function sample() {
    while (Date.now() < end) {
        samples.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
        await pause(EVERY);
    }
}

async function ask(query) {
    const { data, errors } = await (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
    return errors ? fail(new Error(JSON.stringify(errors))) : data;
}

function fail(error) {
    console.error(error);
    process.exit(1);
}
