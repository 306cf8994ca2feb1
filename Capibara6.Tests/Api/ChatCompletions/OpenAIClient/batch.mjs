// A batch of a thousand calls, as any program that was written for OpenAI would run it.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: process.argv[3], maxRetries: 0 });
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function run(endpoint, calls, metadata) {
  const lines = calls.map(({ id, body }) => JSON.stringify({ custom_id: id, method: 'POST', url: endpoint, body }));
  const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'calls.jsonl'), purpose: 'batch' });
  assert.equal(file.object, 'file');
  assert.equal(file.filename, 'calls.jsonl');
  assert.equal(file.bytes, Buffer.byteLength(lines.join('\n')));
  let batch = await client.batches.create({ input_file_id: file.id, endpoint, completion_window: '24h', metadata });
  while (!['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) {
    await wait(100);
    batch = await client.batches.retrieve(batch.id);
  }

  return { file, batch };
}

async function read(id) {
  return (await (await client.files.content(id)).text()).trimEnd().split('\n').map((line) => JSON.parse(line));
}

// A thousand chats, ten of them wrong in a way that only the model knows.
const chats = Array.from({ length: 1000 }, (_, i) => ({
  id: `chat-${i}`,
  body: {
    model: i % 2 ? 'auto' : 'capibara6-20b', messages: [{ role: 'user', content: `Question "${i}"?` }], max_tokens: 20,
    ...(i % 100 === 7 ? { temperature: 9 } : {}),
  },
}));
const { file, batch } = await run('/v1/chat/completions', chats, { purpose: 'test' });
assert.equal(batch.object, 'batch');
assert.equal(batch.status, 'completed', JSON.stringify(batch));
assert.deepEqual(batch.request_counts, { total: 1000, completed: 990, failed: 10 });
assert.deepEqual(batch.metadata, { purpose: 'test' });
assert.ok(batch.completed_at >= batch.created_at && batch.errors === null);
const answers = await read(batch.output_file_id);
assert.equal(answers.length, 990);
assert.equal(new Set(answers.map((line) => line.custom_id)).size, 990);
for (const line of answers) {
  assert.equal(line.response.status_code, 200);
  assert.equal(line.response.body.object, 'chat.completion');
  assert.ok(line.response.body.choices[0].message.content.length > 0);
  assert.equal(line.error, null);
}

const errors = await read(batch.error_file_id);
assert.deepEqual(errors.map((line) => line.custom_id), Array.from({ length: 10 }, (_, i) => `chat-${i * 100 + 7}`));
for (const line of errors) {
  assert.equal(line.response.status_code, 400);
  assert.ok(line.response.body.error.message.length > 0);
  assert.equal(line.response.body.error.type, 'invalid_request_error');
}

// Embeddings.
const vectors = await run('/v1/embeddings', [{ id: 'one', body: { model: 'capibara6-20b', input: ['a text', 'another'] } }]);
assert.equal(vectors.batch.status, 'completed');
const [vector] = await read(vectors.batch.output_file_id);
assert.equal(vector.response.body.data.length, 2);
assert.equal(vectors.batch.error_file_id, null);

// A file that can't be called: the batch says line by line why.
const wrong = await run('/v1/chat/completions', [
  { id: 'good', body: { model: 'auto', messages: [{ role: 'user', content: 'Hello!' }] } },
  { id: 'good', body: { model: 'auto', messages: [{ role: 'user', content: 'Hello!' }] } },
  { id: 'other', body: { model: 'unheard-of', messages: [{ role: 'user', content: 'Hello!' }] } },
  { id: 'stream', body: { model: 'auto', stream: true, messages: [{ role: 'user', content: 'Hello!' }] } },
]);
assert.equal(wrong.batch.status, 'failed');
assert.deepEqual(wrong.batch.errors.data.map(({ line, code }) => [line, code]), [[2, 'duplicate_custom_id'], [3, 'model_not_found'], [4, 'invalid_value']]);

// Lists, and what is gone.
const listed = [];
for await (const each of client.batches.list({ limit: 2 })) {
  listed.push(each.id);
}

assert.deepEqual(listed, [wrong.batch.id, vectors.batch.id, batch.id]);
const files = [];
for await (const each of client.files.list({ limit: 2, purpose: 'batch', order: 'asc' })) {
  files.push(each.id);
}

assert.deepEqual(files, [file.id, vectors.file.id, wrong.file.id]);
assert.deepEqual(await client.files.delete(file.id), { id: file.id, object: 'file', deleted: true });
await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
await assert.rejects(client.batches.cancel(batch.id), OpenAI.ConflictError);
await assert.rejects(client.batches.retrieve('batch_nothing'), OpenAI.NotFoundError);
await assert.rejects(
  client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' }), OpenAI.NotFoundError);
await assert.rejects(client.files.create({ file: await toFile(Buffer.from('x'), 'x.jsonl'), purpose: 'vision' }), OpenAI.BadRequestError);
console.log('all checks passed');
