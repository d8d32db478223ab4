// Signs the official TypeScript client in, from nothing but a URL; see ../README.md.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const { value: line } = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();
const plan = JSON.parse(line);

let arrive;
const arrived = new Promise((resolve) => (arrive = resolve));
const listener = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://127.0.0.1');
    response.setHeader('connection', 'close').end('You can close this window.');
    if (searchParams.has('code') || searchParams.has('error')) arrive(searchParams);
});
await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));

const kept = {};
const provider = {
    redirectUrl: `http://127.0.0.1:${listener.address().port}/callback`,
    get clientMetadata() {
        return { client_name: 'Official TypeScript client', redirect_uris: [this.redirectUrl] };
    },
    state: () => 'a state',
    clientInformation: () => kept.client,
    saveClientInformation: (client) => void (kept.client = client),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void (kept.tokens = tokens),
    redirectToAuthorization: (url) => say({ authorize: url.href }),
    saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
    codeVerifier: () => kept.verifier,
};

async function connect() {
    const mode = ['legacy', 'auto'].includes(plan.mode) ? plan.mode : { pin: plan.mode };
    const client = new Client({ name: 'puente-tests', version: '1.0.0' }, { versionNegotiation: { mode } });
    const transport = new StreamableHTTPClientTransport(new URL(plan.url), { authProvider: provider });
    try {
        await client.connect(transport);
    } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
        await transport.finishAuth(await arrived);
        return connect();
    }
    return client;
}

const client = await connect();
const methods = { 'tools/list': (params) => client.listTools(params), 'tools/call': (params) => client.callTool(params) };
const answers = [];
for (const { method, params = {} } of plan.steps) answers.push({ result: await methods[method](params) });
const first = kept.tokens.access_token;
// As if the access token had run out: it is refused, and the client exchanges its refresh token.
kept.tokens.access_token = 'expired';
const { method, params = {} } = plan.steps.at(-1);
answers.push({ result: await methods[method](params) });
say({
    protocol: client.getNegotiatedProtocolVersion(),
    answers,
    refreshed: kept.tokens.access_token !== first && kept.tokens.access_token !== 'expired',
    tokens: kept.tokens,
    client_id: kept.client.client_id,
});
await client.close();
listener.close();
