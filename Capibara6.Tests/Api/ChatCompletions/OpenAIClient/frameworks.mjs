// Uses the API as programs written for the Vercel AI SDK and for LangChain do.
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool as langTool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { generateText, isStepCount, streamObject, streamText, tool } from 'ai';
import { z } from 'zod';

globalThis.AI_SDK_LOG_WARNINGS = false;
const [baseURL, apiKey] = process.argv.slice(2);
const openai = createOpenAI({ baseURL, apiKey });
const stateless = { openai: { store: false } };

for (const model of [openai('auto'), openai.chat('auto')]) {
  let asked = null;
  const get_weather = tool({
    description: 'The weather of a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => ((asked = city), `sunny in ${city}`),
  });
  const told = await generateText({
    model, prompt: 'What is the weather in Lisbon?', tools: { get_weather }, stopWhen: isStepCount(3), maxRetries: 0, providerOptions: stateless,
  });
  assert.ok(asked && told.text.length > 0 && told.steps.length === 2);

  let text = '';
  for await (const piece of streamText({ model, prompt: 'Hello!', maxRetries: 0, providerOptions: stateless }).textStream) {
    text += piece;
  }
  assert.ok(text.length > 0);

  const { object, partialObjectStream } = streamObject({
    model, prompt: 'Plan a party', schema: z.object({ name: z.string(), guests: z.array(z.string()) }), maxRetries: 0, providerOptions: stateless,
  });
  for await (const part of partialObjectStream) {
    assert.equal(typeof part, 'object');
  }
  assert.equal((await object).guests.length, 1);
}

const chat = new ChatOpenAI({ model: 'auto', apiKey, configuration: { baseURL }, maxRetries: 0 });
assert.ok((await chat.invoke('Hello!')).content.length > 0);
const weather = langTool(({ city }) => `sunny in ${city}`, { name: 'get_weather', description: 'The weather', schema: z.object({ city: z.string() }) });
const agent = chat.bindTools([weather]);
const question = new HumanMessage('What is the weather in Lisbon?');
const called = await agent.invoke([question]);
assert.equal(called.tool_calls[0].name, 'get_weather');
const result = new ToolMessage({ content: await weather.invoke(called.tool_calls[0].args), tool_call_id: called.tool_calls[0].id });
assert.ok((await agent.invoke([question, called, result])).content.length > 0);
let streamed = '';
for await (const chunk of await chat.stream('Hello!')) {
  streamed += chunk.content;
}
assert.ok(streamed.length > 0);
assert.equal((await new OpenAIEmbeddings({ model: 'capibara6-20b', apiKey, configuration: { baseURL } }).embedQuery('one')).length, 64);
console.log('all checks passed');
