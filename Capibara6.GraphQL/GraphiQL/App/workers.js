// Where the editor finds its workers: beside this script. WORKERS is filled in as it is built.
globalThis.MonacoEnvironment = {
    getWorker: (_, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};
