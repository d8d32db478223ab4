// Runs the steps of a test with the official TypeScript client; see ../README.md.

import { text } from 'node:stream/consumers';
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const steps = {
    // Without a cursor the client walks all pages by itself.
    'tools/list': (client) => client.listTools(),
    'resources/list': (client) => client.listResources(),
    'resources/templates/list': (client) => client.listResourceTemplates(),
    'prompts/list': (client) => client.listPrompts(),
    'tools/call': (client, params) => client.callTool(params),
    'resources/read': (client, params) => client.readResource(params),
    'prompts/get': (client, params) => client.getPrompt(params),
    'completion/complete': (client, { prompt, argument, value }) =>
        client.complete({ ref: { type: 'ref/prompt', name: prompt }, argument: { name: argument, value } }),
};

async function answer(client, { method, params = {} }) {
    try {
        return { result: await steps[method](client, params) };
    } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        return { error: { code: error.code, message: error.message } };
    }
}

function transport(plan) {
    if (plan.url) {
        return new StreamableHTTPClientTransport(new URL(plan.url), { requestInit: { headers: plan.headers } });
    }
    const [command, ...args] = plan.command;
    return new StdioClientTransport({ command, args, env: plan.env, stderr: 'inherit' });
}

const plan = JSON.parse(await text(process.stdin));
const mode = ['legacy', 'auto'].includes(plan.mode) ? plan.mode : { pin: plan.mode };
const client = new Client(
    { name: 'puente-tests', version: '1.0.0' },
    { capabilities: plan.elicit ? { elicitation: {} } : {}, versionNegotiation: { mode } },
);
if (plan.elicit) {
    client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: plan.elicit }));
}
await client.connect(transport(plan));
const answers = [];
for (const step of plan.steps) answers.push(await answer(client, step));
process.stdout.write(
    JSON.stringify({
        protocol: client.getNegotiatedProtocolVersion(),
        server: client.getServerVersion() ?? null,
        answers,
    }),
);
await client.close();
