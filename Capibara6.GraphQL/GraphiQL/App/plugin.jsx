import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { examples } from './examples.js';

/** The list of examples beside the editor; one that is clicked opens in a tab of its own. */
function Examples() {
    const { addTab } = useGraphiQLActions();
    const queryEditor = useGraphiQL(state => state.queryEditor);
    const variableEditor = useGraphiQL(state => state.variableEditor);
    const open = example => {
        addTab();
        queryEditor?.setValue(example.query);
        variableEditor?.setValue(example.variables ? JSON.stringify(example.variables, null, 2) : '');
        queryEditor?.focus();
    };
    return <section className="examples" aria-label="Examples">
        <h2 className="examples-title">Examples</h2>
        <ul>
            {examples.map(example => <li key={example.title}>
                <button type="button" className="graphiql-un-styled" onClick={() => open(example)}>{example.title}</button>
            </li>)}
        </ul>
    </section>;
}

function Icon() {
    return <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
        <path d="M5 4h9M5 8h9M5 12h9M2 4h.5M2 8h.5M2 12h.5" strokeLinecap="round" />
    </svg>;
}

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Examples };
