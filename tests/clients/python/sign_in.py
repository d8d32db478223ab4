"""Signs the official Python client in, from nothing but a URL; see ../README.md."""

import asyncio
import json
import socket
import sys
from contextlib import AsyncExitStack
from urllib.parse import parse_qs, urlsplit

from client import answer_step
from mcp import Client
from mcp.client.auth.oauth2 import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata


class Memory:
    """Keeps tokens and registration as long as the program runs."""

    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Callback:
    """Listens on loopback for the browser that comes back."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/callback"

    async def authorize(self, url: str) -> None:
        say({"authorize": url})

    async def receive(self) -> AuthorizationCodeResult:
        arrived = asyncio.get_running_loop().create_future()

        async def answer(reader, writer):
            line = (await reader.readline()).decode()
            body = b"You can close this window."
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
            await writer.drain()
            writer.close()
            query = parse_qs(urlsplit(line.split()[1]).query)
            if ("code" in query or "error" in query) and not arrived.done():
                arrived.set_result({name: values[0] for name, values in query.items()})

        async with await asyncio.start_server(answer, sock=self.socket):
            query = await arrived
        return AuthorizationCodeResult(code=query["code"], state=query.get("state"), iss=query.get("iss"))


def say(value) -> None:
    print(json.dumps(value), flush=True)


async def main(plan) -> None:
    callback, memory = Callback(), Memory()
    metadata = OAuthClientMetadata(client_name="Official Python client", redirect_uris=[callback.url])
    auth = OAuthClientProvider(plan["url"], metadata, memory, callback.authorize, callback.receive)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(create_mcp_http_client(auth=auth))
        server = streamable_http_client(plan["url"], http_client=http)
        client = await stack.enter_async_context(Client(server, mode=plan["mode"]))
        answers = [await answer_step(client, step) for step in plan["steps"]]
        first = memory.tokens
        # As if the access token had run out.
        auth.context.token_expiry_time = 1
        answers.append(await answer_step(client, plan["steps"][-1]))
        say(
            {
                "protocol": client.protocol_version,
                "answers": answers,
                "refreshed": memory.tokens.access_token != first.access_token,
                "tokens": memory.tokens.model_dump(mode="json"),
                "client_id": memory.client.client_id,
            }
        )


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
