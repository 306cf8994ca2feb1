// Bundles GraphiQL with what it needs into one folder: node build.mjs FOLDER
// Names carry a hash of the content, so browsers may keep the files for good; beside each stands its form for the wire.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build } from 'esbuild';

const [folder] = process.argv.slice(2);
await rm(folder, { recursive: true, force: true });

const common = {
    bundle: true,
    minify: true,
    metafile: true,
    outdir: folder,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
};

/** The file that an entry became. */
const outputOf = (result, entry, extension = '.js') => basename(Object.entries(result.metafile.outputs)
    .find(([file, output]) => file.endsWith(extension) && (output.entryPoint ?? entry).endsWith(entry))[0]);

// The editor thinks in workers: one for each language, and one for what all have.
const workers = {
    editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
    graphql: 'monaco-graphql/esm/graphql.worker.js',
    json: 'monaco-editor/esm/vs/language/json/json.worker.js',
};
const built = {};
for (const [name, entry] of Object.entries(workers)) {
    built[name] = outputOf(await build({ ...common, entryPoints: { [`${name}-worker`]: entry } }), entry);
}

const app = await build({
    ...common,
    entryPoints: { app: 'app.jsx' },
    format: 'esm',
    jsx: 'automatic',
    loader: { '.ttf': 'file', '.svg': 'dataurl' },
    define: { ...common.define, WORKERS: JSON.stringify(built) },
});

for (const file of await readdir(folder)) {
    await writeFile(join(folder, `${file}.gz`), await promisify(gzip)(await readFile(join(folder, file)), { level: 9 }));
}

await writeFile(join(folder, 'index.html'), `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Capibara6 GraphQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="graphql/ui/${outputOf(app, 'app.jsx', '.css')}">
<script type="module" src="graphql/ui/${outputOf(app, 'app.jsx')}"></script>
</head>
<body><div id="app"></div><noscript>GraphiQL needs JavaScript.</noscript></body>
</html>
`);
