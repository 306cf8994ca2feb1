// graphql-sse, the reference client of GraphQL over server-sent events.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';

const [url, token] = process.argv.slice(2);
const open = (headers) => createClient({ url, singleConnection: false, retryAttempts: 0, headers });
const collect = async (client, payload) => {
  const seen = [];
  for await (const item of client.iterate(payload)) seen.push(item);
  return seen;
};

const client = open({ Authorization: `Bearer ${token}` });
const steps = (await collect(client, { query: 'subscription { queryStream(input: {query: "stream it"}) { __typename ... on QueryToken { text } } }' }))
  .map((item) => item.data.queryStream);
assert.deepEqual(steps.map((step) => step.__typename), ['QueryRouted', 'QueryEnriched', 'QueryToken', 'QueryToken', 'QueryDone']);
assert.equal(steps[2].text, 'Ol\u00e1, mundo:\n');

const batch = (await collect(client, { query: 'subscription { batchProgress(id: "0197a3c0-0000-7000-8000-000000000002") { status } }' }))
  .map((item) => item.data.batchProgress.status);
assert.deepEqual(batch, ['QUEUED', 'RUNNING', 'COMPLETED']);

const models = await collect(client, { query: '{ models { id } }' });
assert.equal(models[0].data.models.length, 2);

for (const [query, code] of [
  ['subscription { nothing }', 'invalid_request'],
  ['subscription { batchProgress(id: "0197a3c0-0000-7000-8000-0000000000ff") { id } }', 'batch_not_found'],
]) {
  const seen = await collect(client, { query });
  assert.equal(seen.length, 1);
  assert.equal(seen[0].errors[0].extensions.code, code);
}

const refused = await collect(open({}), { query: '{ __typename }' }).then(() => assert.fail('let in'), (error) => error);
assert.equal(refused.response.status, 401);
console.log('all checks passed');
