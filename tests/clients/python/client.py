"""Runs the steps of a test with the official Python client; see ../README.md."""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from typing import Any

import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client


async def walk(fetch, field: str) -> dict[str, Any]:
    """All pages of a list as one result; what is not the list itself comes from the first page."""
    whole: dict[str, Any] | None = None
    cursor = None
    while True:
        page = dump(await fetch(cursor=cursor))
        if whole is None:
            whole = page
        else:
            whole[field] += page[field]
        cursor = page.pop("nextCursor", None)
        if cursor is None:
            return whole


def dump(model) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def run_step(client: Client, method: str, params: dict[str, Any]) -> dict[str, Any]:
    match method:
        case "tools/list":
            return await walk(client.list_tools, "tools")
        case "resources/list":
            return await walk(client.list_resources, "resources")
        case "resources/templates/list":
            return await walk(client.list_resource_templates, "resourceTemplates")
        case "prompts/list":
            return await walk(client.list_prompts, "prompts")
        case "tools/call":
            return dump(await client.call_tool(params["name"], params.get("arguments", {})))
        case "resources/read":
            return dump(await client.read_resource(params["uri"]))
        case "prompts/get":
            return dump(await client.get_prompt(params["name"], params.get("arguments", {})))
        case "completion/complete":
            reference = types.PromptReference(type="ref/prompt", name=params["prompt"])
            argument = {"name": params["argument"], "value": params["value"]}
            return dump(await client.complete(reference, argument))
        case _:
            raise ValueError(f"no step for {method}")


async def repeat_step(client: Client, step: dict[str, Any]) -> dict[str, Any]:
    """Repeats a step until a file is there, whatever comes of it."""
    calls, failed = 0, []
    while not os.path.exists(step["until"]):
        calls += 1
        try:
            result = await run_step(client, step["method"], step.get("params", {}))
            if result.get("isError"):
                failed.append(json.dumps(result))
        except Exception as error:
            failed.append(repr(error))
        await asyncio.sleep(0.02)
    return {"calls": calls, "failed": failed}


async def answer_step(client: Client, step: dict[str, Any]) -> dict[str, Any]:
    if "until" in step:
        return {"result": await repeat_step(client, step)}
    try:
        return {"result": await run_step(client, step["method"], step.get("params", {}))}
    except MCPError as error:
        return {"error": {"code": error.code, "message": error.message}}


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    async def elicit(_context, _params):
        return types.ElicitResult(action="accept", content=plan["elicit"])

    async with AsyncExitStack() as stack:
        if "url" in plan:
            http = await stack.enter_async_context(create_mcp_http_client(headers=plan.get("headers")))
            server = streamable_http_client(plan["url"], http_client=http)
        else:
            command, *args = plan["command"]
            server = StdioServerParameters(command=command, args=args, env=plan.get("env"))
        callback = elicit if "elicit" in plan else None
        client = await stack.enter_async_context(Client(server, mode=plan["mode"], elicitation_callback=callback))
        info = client.server_info
        return {
            "protocol": client.protocol_version,
            "server": dump(info) if info else None,
            "answers": [await answer_step(client, step) for step in plan["steps"]],
        }


if __name__ == "__main__":
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)
