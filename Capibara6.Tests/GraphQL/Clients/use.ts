import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { AskDocument, BatchesDocument, ModelsDocument, NodeDocument } from './generated.js';

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

export async function runUrql(url: string, token: string): Promise<void> {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers: { authorization: `Bearer ${token}` } } });
  const models = await client.query(ModelsDocument, {}).toPromise();
  expect('urql lists models', models.data?.models.length === 2);
  const price: number | undefined = models.data?.models[0]?.promptPricePerMillion;
  expect('a decimal is a number', typeof price === 'number');
  const asked = await client.mutation(AskDocument, { input: { query: 'urql asks' } }).toPromise();
  const at: string | undefined = asked.data?.processQuery?.timestamp;
  expect('urql asks', asked.data?.processQuery?.query === 'urql asks' && !Number.isNaN(Date.parse(at ?? '')));
  const failed = await client.query(BatchesDocument, { first: 101 }).toPromise();
  expect('urql shows codes', failed.error?.graphQLErrors[0]?.extensions.code === 'invalid_value');
}

export async function runApollo(url: string, token: string): Promise<void> {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }) });
  const models = await client.query({ query: ModelsDocument });
  expect('Apollo lists models', models.data?.models[1]?.id === 'capibara6-120b');
  const page = await client.query({ query: BatchesDocument, variables: { first: 2 } });
  expect('Apollo pages', page.data?.batches.edges.length === 2 && page.data.batches.edges[0]?.node.status === 'QUEUED');
  const asked = await client.mutate({ mutation: AskDocument, variables: { input: { query: 'Apollo asks' } } });
  expect('Apollo asks', asked.data?.processQuery?.query === 'Apollo asks');
  const node = await client.query({ query: NodeDocument, variables: { id: '0197a3c0-0000-7000-8000-000000000002' } });
  expect('Apollo finds a node', node.data?.node?.__typename === 'Batch');
  client.stop();
}
