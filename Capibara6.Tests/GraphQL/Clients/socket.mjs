// graphql-ws, the reference client of graphql-transport-ws.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const open = (options = {}) =>
  createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, lazyCloseTimeout: 0, connectionParams: { Authorization: `Bearer ${token}` }, ...options });
const collect = async (client, payload) => {
  const seen = [];
  for await (const item of client.iterate(payload)) seen.push(item);
  return seen;
};

const client = open();
const stream = `subscription S($input: ProcessQueryInput!) { queryStream(input: $input) {
  __typename
  ... on QueryRouted { routing { selectedModel } }
  ... on QueryToken { text }
  ... on QueryDone { result { query result usage { costUsd } } } } }`;
const steps = (await collect(client, { query: stream, variables: { input: { query: 'stream it' } } })).map((item) => item.data.queryStream);
assert.deepEqual(steps.map((step) => step.__typename), ['QueryRouted', 'QueryEnriched', 'QueryToken', 'QueryToken', 'QueryDone']);
assert.equal(steps.at(-1).result.query, 'stream it');

// Queries and mutations go over the same connection.
const models = await collect(client, { query: '{ models { id } }' });
assert.equal(models[0].data.models.length, 2);
const answer = await collect(client, { query: 'mutation { processQuery(input: {query: "x"}) { query } }' });
assert.equal(answer[0].data.processQuery.query, 'x');

// A batch from its acceptance to its end.
const batch = (await collect(client, { query: 'subscription { batchProgress(id: "0197a3c0-0000-7000-8000-000000000002") { status total succeeded } }' }))
  .map((item) => item.data.batchProgress.status);
assert.deepEqual(batch, ['QUEUED', 'RUNNING', 'COMPLETED']);

// Mistakes end an operation, not the connection.
for (const [query, code] of [
  ['subscription { nothing }', 'invalid_request'],
  ['subscription { batchProgress(id: "0197a3c0-0000-7000-8000-0000000000ff") { id } }', 'batch_not_found'],
  ['subscription { batchProgress(id: "x") { id } }', 'invalid_value'],
]) {
  const errors = await collect(client, { query }).then(() => assert.fail(query), (error) => error);
  assert.equal(errors[0].extensions.code, code);
}
await client.dispose();

// Who isn't known, doesn't get in.
for (const connectionParams of [undefined, { Authorization: 'Bearer nobody' }]) {
  const event = await collect(open({ connectionParams }), { query: '{ __typename }' }).then(() => assert.fail('let in'), (error) => error);
  assert.equal(event.code, 4403);
}
console.log('all checks passed');
