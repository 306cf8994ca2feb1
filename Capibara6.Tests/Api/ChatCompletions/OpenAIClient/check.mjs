// Uses the API as any program that was written for OpenAI would: only the base address differs.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: process.argv[3], maxRetries: 0 });
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Say hello to the official client.' },
];

const models = await client.models.list();
const ids = models.data.map((model) => model.id);
assert.ok(ids.includes('auto') && ids.includes('capibara6-20b'), ids.join());
assert.equal((await client.models.retrieve('capibara6-20b')).id, 'capibara6-20b');

const completion = await client.chat.completions.create({ model: 'auto', messages, max_completion_tokens: 200 });
assert.equal(completion.object, 'chat.completion');
assert.equal(completion.choices[0].message.role, 'assistant');
assert.ok(completion.choices[0].message.content.length > 0);
assert.equal(completion.usage.total_tokens, completion.usage.prompt_tokens + completion.usage.completion_tokens);

const stream = await client.chat.completions.create({
  model: 'capibara6-20b',
  messages: [...messages, { role: 'assistant', content: 'Hello!' }, { role: 'user', content: 'And once more, piece by piece.' }],
  stream: true,
  stream_options: { include_usage: true },
});
let text = '';
let finish = null;
let usage = null;
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? '';
  finish = chunk.choices[0]?.finish_reason ?? finish;
  usage = chunk.usage ?? usage;
}
assert.ok(text.length > 0);
assert.equal(finish, 'stop');
assert.ok(usage.completion_tokens > 0);

const helper = client.chat.completions.stream({ model: 'auto', messages });
assert.ok((await helper.finalContent()).length > 0);

await assert.rejects(
  client.chat.completions.create({ model: 'gpt-9', messages }),
  (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found' && error.param === 'model',
);
assert.equal((await client.chat.completions.create({ model: 'auto', messages, n: 2 })).choices.length, 2);
console.log('all checks passed');
