import { useEffect, useState } from 'react';
import { createFetcher } from './fetcher.js';

/** Who the next operations are from: nobody, or whoever the credential belongs to. */
export function LogIn({ credential, onChange }) {
    const [typed, setTyped] = useState('');
    const [state, setState] = useState({});
    useEffect(() => {
        let current = true;
        whoIs(credential).then(answer => current && setState(answer));
        return () => { current = false; };
    }, [credential]);

    const logIn = async event => {
        event.preventDefault();
        const answer = await whoIs(typed.trim());
        setState(answer);
        if (answer.username) {
            onChange(typed.trim());
            setTyped('');
        }
    };
    const logOut = () => { setState({}); onChange(''); };

    return <form className="login" onSubmit={logIn} aria-label="Log in">
        <span role="status">{statusOf(state, credential)}</span>
        {credential
            ? <button type="button" onClick={logOut}>Log out</button>
            : <>
                <input
                    type="password" autoComplete="off" spellCheck="false" placeholder="API key or token" aria-label="API key or token"
                    value={typed} onChange={event => setTyped(event.target.value)} />
                <button type="submit" disabled={!typed.trim()}>Log in</button>
            </>}
    </form>;
}

function statusOf({ username, permissions, problem }, credential) {
    if (problem) {
        return problem;
    }

    return username ? `${credential ? 'Logged in as' : 'Without log-in you are'} ${username} (${permissions.join(', ')})` : '';
}

async function whoIs(credential) {
    try {
        const answer = await createFetcher(credential)({ query: '{ me { username permissions } }' });
        if (answer.data?.me) {
            return answer.data.me;
        }

        const refused = answer.errors?.[0]?.message ?? 'The service gave no answer';
        return { problem: credential ? `Not logged in: ${refused}` : 'Not logged in' };
    } catch {
        return { problem: 'The service gave no answer' };
    }
}
