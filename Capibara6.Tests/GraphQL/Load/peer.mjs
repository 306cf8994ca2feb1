// A well-known server with the part of our schema that is compared: node peer.mjs yoga|apollo PORT
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createSchema, createYoga } from 'graphql-yoga';

const [kind, port] = process.argv.slice(2);
const typeDefs = `
type Query { models: [Model!]! }
type Model { id: ID! name: String! description: String! }
`;
const models = [
    { id: 'capibara6-20b', name: 'Capibara6 20B', description: 'Quick and cheap: short answers, everyday questions.' },
    { id: 'capibara6-120b', name: 'Capibara6 120B', description: 'Thorough: long reasoning, code, analysis.' },
];
const resolvers = { Query: { models: () => models } };
if (kind === 'yoga') {
    const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });
    createServer(yoga).listen(Number(port), '127.0.0.1');
} else {
    await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), { listen: { host: '127.0.0.1', port: Number(port) } });
}
