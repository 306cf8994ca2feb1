// The reference implementation asks for everything it can, and finds the committed schema.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  buildClientSchema, buildSchema, findBreakingChanges, findDangerousChanges, getIntrospectionQuery, validateSchema,
} from 'graphql';

const [url, token, sdl] = process.argv.slice(2);
const flags = ['descriptions', 'specifiedByUrl', 'directiveIsRepeatable', 'schemaDescription', 'inputValueDeprecation', 'oneOf'];
const ask = async (options) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: getIntrospectionQuery(options) }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
};

const everything = await ask(Object.fromEntries(flags.map((flag) => [flag, true])));
for (const flag of flags) {
  await ask({ [flag]: true });
  await ask({ [flag]: false });
}

const schema = buildClientSchema(everything);
const committed = buildSchema(readFileSync(sdl, 'utf8'));
assert.deepEqual(validateSchema(schema), []);
// The reference implementation adds directives of its own to a schema in text: those are no difference.
const ours = (changes) => changes.filter(({ description }) => !/oneOf|deprecated/.test(description));
assert.deepEqual(ours(findBreakingChanges(committed, schema)), []);
assert.deepEqual(findBreakingChanges(schema, committed), []);
assert.deepEqual(findDangerousChanges(committed, schema), []);
for (const scalar of ['DateTime', 'Decimal', 'UUID']) {
  assert.match(schema.getType(scalar).specifiedByURL, /^https:/);
  assert.equal(schema.getType(scalar).specifiedByURL, committed.getType(scalar).specifiedByURL);
}
console.log('all checks passed');
