import './workers.js';
import 'graphiql/style.css';
import './app.css';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EXAMPLES_PLUGIN } from './plugin.jsx';
import { examples } from './examples.js';
import { createFetcher } from './fetcher.js';
import { LogIn } from './login.jsx';

const plugins = [HISTORY_PLUGIN, EXAMPLES_PLUGIN];

function App() {
    // In memory alone: a reload asks again, and nothing stays behind in the browser.
    const [credential, setCredential] = useState('');
    const fetcher = useMemo(() => createFetcher(credential), [credential]);
    return <>
        <LogIn credential={credential} onChange={setCredential} />
        <GraphiQL
            key={credential}
            fetcher={fetcher}
            plugins={plugins}
            defaultQuery={examples[0].query}
            defaultEditorToolsVisibility="variables"
            inputValueDeprecation
            schemaDescription
        >
            <GraphiQL.Logo>Capibara6</GraphiQL.Logo>
        </GraphiQL>
    </>;
}

createRoot(document.getElementById('app')).render(<App />);
