// Types and documents are generated, compiled by TypeScript, and run by urql and by Apollo Client.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptPlugin from '@graphql-codegen/typescript';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import { buildClientSchema, getIntrospectionQuery, parse, printSchema } from 'graphql';
import ts from 'typescript';

const [url, token] = process.argv.slice(2);
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
const introspection = await (await fetch(url, {
  method: 'POST', headers, body: JSON.stringify({ query: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }) }),
})).json();
const schema = parse(printSchema(buildClientSchema(introspection.data)));
const config = {
  strictScalars: true,
  useTypeImports: true,
  scalars: { DateTime: 'string', Decimal: 'number', UUID: 'string', Long: 'number' },
};
const output = await codegen({
  filename: 'generated.ts',
  schema,
  documents: [{ location: 'operations.graphql', document: parse(readFileSync('operations.graphql', 'utf8')) }],
  config,
  plugins: [{ typescript: config }, { operations: config }, { documents: config }],
  pluginMap: { typescript: typescriptPlugin, operations: operationsPlugin, documents: typedDocumentNode },
});
writeFileSync('generated.ts', output);

const program = ts.createProgram(['generated.ts', 'use.ts'], {
  strict: true, noEmitOnError: true, outDir: 'out', target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext, skipLibCheck: true, types: [],
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
});
const result = program.emit();
const problems = [...ts.getPreEmitDiagnostics(program), ...result.diagnostics].map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
assert.deepEqual(problems, []);
const { runUrql, runApollo } = await import('./out/use.js');
await runUrql(url, token);
await runApollo(url, token);
console.log('all checks passed');
