import { createClient } from 'graphql-ws';

const KEY_PREFIX = 'cap6_';

/** The header that carries a credential: an API key tells itself by its beginning, everything else is a token. */
export function headersOf(credential) {
    return !credential ? {} : credential.startsWith(KEY_PREFIX) ? { 'X-API-Key': credential } : { Authorization: `Bearer ${credential}` };
}

/** Asks over HTTP, and subscribes over WebSocket, with one credential. */
export function createFetcher(credential) {
    const own = headersOf(credential);
    const address = new URL(location.pathname, location.href);
    const socketAddress = Object.assign(new URL(address), { protocol: address.protocol.replace('http', 'ws') });
    const fetcher = (request, options) => {
        const headers = { ...own, ...options?.headers };
        return isSubscription(request, options) ? subscribe(request, headers) : ask(request, headers);
    };
    return fetcher;

    async function ask(request, headers) {
        const response = await fetch(address, {
            method: 'POST',
            headers: { Accept: 'application/graphql-response+json, application/json', 'Content-Type': 'application/json', ...headers },
            body: JSON.stringify(request),
        });
        return response.json();
    }

    async function* subscribe(request, headers) {
        const client = createClient({ url: socketAddress.href, connectionParams: headers, retryAttempts: 0 });
        try {
            yield* client.iterate(request);
        } catch (error) {
            throw error instanceof CloseEvent ? new Error(`The connection was closed: ${error.reason || error.code}`) : error;
        } finally {
            await client.dispose();
        }
    }
}

function isSubscription(request, options) {
    const operations = (options?.documentAST?.definitions ?? []).filter(definition => definition.kind === 'OperationDefinition');
    const chosen = request.operationName ? operations.find(operation => operation.name?.value === request.operationName) : operations[0];
    return chosen?.operation === 'subscription';
}
