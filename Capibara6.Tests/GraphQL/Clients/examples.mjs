// Holds GraphiQL's examples against the schema: node examples.mjs URL TOKEN EXAMPLES SCHEMA
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { buildSchema, coerceInputValue, parse, typeFromAST, validate } from 'graphql';

const [, , examplesFile, schemaFile] = process.argv.slice(2);
const { examples } = await import(pathToFileURL(examplesFile));
const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
const shown = new Set();
for (const { title, query, variables = {} } of examples) {
    const document = parse(query);
    assert.deepEqual(validate(schema, document).map(error => error.message), [], title);
    const operation = document.definitions.find(definition => definition.kind === 'OperationDefinition');
    const declared = operation.variableDefinitions.map(variable => variable.variable.name.value);
    assert.deepEqual(Object.keys(variables).filter(name => !declared.includes(name)), [], title);
    for (const variable of operation.variableDefinitions) {
        coerceInputValue(variables[variable.variable.name.value] ?? null, typeFromAST(schema, variable.type));
    }

    operation.selectionSet.selections.forEach(field => shown.add(`${operation.operation}.${field.name.value}`));
}

for (const [name, type] of [['query', schema.getQueryType()], ['mutation', schema.getMutationType()], ['subscription', schema.getSubscriptionType()]]) {
    for (const field of Object.keys(type.getFields())) {
        assert.ok(shown.has(`${name}.${field}`), `no example of ${name} ${field}`);
    }
}

console.log('all checks passed');
