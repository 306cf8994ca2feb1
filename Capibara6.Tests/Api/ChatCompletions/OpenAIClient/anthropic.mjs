// Uses the API as any program that was written for Anthropic would: only the base address differs.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: process.argv[2].replace(/\/v1$/, ''), apiKey: process.argv[3], maxRetries: 0 });
const messages = [{ role: 'user', content: 'Say hello to the official client.' }];

const message = await client.messages.create({ model: 'auto', max_tokens: 500, system: 'Be brief.', messages });
assert.equal(message.type, 'message');
assert.equal(message.stop_reason, 'end_turn');
assert.ok(message.content[0].text.length > 0 && message.usage.output_tokens > 0 && message.usage.input_tokens > 0);

const cut = await client.messages.create({ model: 'auto', max_tokens: 3, messages });
assert.equal(cut.stop_reason, 'max_tokens');

const streamed = await client.messages.stream({ model: 'auto', max_tokens: 500, system: 'Be brief.', messages }).finalMessage();
assert.equal(streamed.content[0].text, message.content[0].text);
assert.equal(streamed.usage.output_tokens, message.usage.output_tokens);

const tools = [{ name: 'get_weather', description: 'The weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }];
const ask = [{ role: 'user', content: [{ type: 'text', text: 'What is the weather in Lisbon?' }] }];
for (const used of [
  await client.messages.create({ model: 'auto', max_tokens: 500, messages: ask, tools }),
  await client.messages.stream({ model: 'auto', max_tokens: 500, messages: ask, tools, tool_choice: { type: 'any' } }).finalMessage(),
]) {
  assert.equal(used.stop_reason, 'tool_use');
  const use = used.content.find((block) => block.type === 'tool_use');
  assert.equal(use.name, 'get_weather');
  assert.ok(use.input.city.length > 0);
  const after = await client.messages.create({
    model: 'auto',
    max_tokens: 500,
    tools,
    messages: [
      ...ask,
      { role: 'assistant', content: used.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: [{ type: 'text', text: 'sunny' }] }] },
    ],
  });
  assert.equal(after.stop_reason, 'end_turn');
}

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
assert.ok((await client.messages.create({ model: 'auto', max_tokens: 500, messages: [{ role: 'user', content: [image] }] })).content.length > 0);

await assert.rejects(client.messages.create({ model: 'claude-9', max_tokens: 5, messages }), Anthropic.NotFoundError);
await assert.rejects(client.messages.create({ model: 'auto', max_tokens: 0, messages }), Anthropic.BadRequestError);
await assert.rejects(
  new Anthropic({ baseURL: process.argv[2].replace(/\/v1$/, ''), apiKey: 'wrong', maxRetries: 0 }).messages.create({ model: 'auto', max_tokens: 5, messages }),
  Anthropic.AuthenticationError,
);
console.log('all checks passed');
