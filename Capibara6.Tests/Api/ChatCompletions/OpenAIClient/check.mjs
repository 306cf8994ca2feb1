// Uses the API as any program that was written for OpenAI would: only the base address differs.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';

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

// Tools over several turns, whole and in pieces.
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const ask = [{ role: 'user', content: 'What is the weather in Lisbon?' }];
const called = await client.chat.completions.create({ model: 'auto', messages: ask, tools: [weather] });
assert.equal(called.choices[0].finish_reason, 'tool_calls');
const call = called.choices[0].message.tool_calls[0];
assert.equal(call.function.name, 'get_weather');
assert.ok(JSON.parse(call.function.arguments).city.length > 0);
const after = await client.chat.completions.create({
  model: 'auto',
  messages: [...ask, called.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
  tools: [weather],
});
assert.equal(after.choices[0].finish_reason, 'stop');
const pieces = client.chat.completions.stream({ model: 'auto', messages: ask, tools: [weather], tool_choice: 'required' });
const assembled = await pieces.finalChatCompletion();
assert.equal(assembled.choices[0].message.tool_calls[0].function.name, 'get_weather');
assert.ok(JSON.parse(assembled.choices[0].message.tool_calls[0].function.arguments).city);

// Structured outputs, images, probabilities.
const Event = z.object({ name: z.string(), guests: z.array(z.string()), count: z.number() });
const parsed = await client.chat.completions.parse({ model: 'auto', messages: ask, response_format: zodResponseFormat(Event, 'event') });
assert.ok(Array.isArray(parsed.choices[0].message.parsed.guests));
const seen = await client.chat.completions.create({
  model: 'auto',
  logprobs: true,
  messages: [{
    role: 'user',
    content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
  }],
});
assert.ok(seen.choices[0].logprobs.content.length > 0);

// Neighbours.
const vectors = await client.embeddings.create({ model: 'capibara6-20b', input: ['one', 'two'], dimensions: 8 });
assert.equal(vectors.data[1].embedding.length, 8);
assert.equal((await client.moderations.create({ model: 'capibara6-20b', input: 'hello' })).results[0].flagged, false);
assert.ok((await client.completions.create({ model: 'auto', prompt: 'Once' })).choices[0].text.length > 0);
const response = await client.responses.create({ model: 'auto', input: 'Hello!', store: false });
assert.ok(response.output_text.length > 0);
let deltas = '';
for await (const event of await client.responses.create({ model: 'auto', input: 'Hello!', stream: true })) {
  deltas += event.type === 'response.output_text.delta' ? event.delta : '';
}
assert.equal(deltas, response.output_text);

// Leaving, and every class of error.
const leaving = await client.chat.completions.create({ model: 'auto', messages, stream: true });
leaving.controller.abort();
const { response: raw } = await client.chat.completions.create({ model: 'auto', messages }).withResponse();
assert.ok(raw.headers.get('x-request-id') && raw.headers.get('x-capibara6-model'));
await assert.rejects(new OpenAI({ baseURL: process.argv[2], apiKey: 'wrong', maxRetries: 0 }).models.list(), OpenAI.AuthenticationError);
await assert.rejects(client.chat.completions.create({ model: 'auto', messages, temperature: 9 }), OpenAI.BadRequestError);
await assert.rejects(
  client.chat.completions.create({ model: 'auto', messages, max_tokens: 10000000 }),
  (error) => error instanceof OpenAI.BadRequestError && error.code === 'context_length_exceeded',
);
console.log('all checks passed');
