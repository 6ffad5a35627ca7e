"""Runs rendered settings as the app would: reads JSON, a list of objects with
"code" and "environment", and writes for each the exception that the layer
raised, "" where a message came through. Without channels_redis it connects with
redis-py to the host that the settings name."""

import asyncio
import importlib
import json
import os
import sys

from redis import asyncio as aioredis

PATIENCE = 7.0


def settings(case):
    os.environ.clear()
    os.environ.update(case["environment"])
    namespace = {"DEBUG": False}
    exec(case["code"], namespace)
    return namespace["CHANNEL_LAYERS"]["default"]


async def talk(layer):
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "probe"})
    if await layer.receive(channel) != {"type": "probe"}:
        raise RuntimeError("another message")


async def connect(case):
    configured = settings(case)
    module, name = configured["BACKEND"].rsplit(".", 1)
    try:
        cls = getattr(importlib.import_module(module), name)
    except ImportError:
        (host,) = configured["CONFIG"]["hosts"]
        client = aioredis.Redis(connection_pool=aioredis.ConnectionPool.from_url(host))
        await asyncio.wait_for(client.ping(), PATIENCE)
        await client.connection_pool.disconnect()
        return
    layer = cls(**configured["CONFIG"])
    await asyncio.wait_for(talk(layer), PATIENCE)
    await layer.flush()


def run(case):
    try:
        asyncio.run(connect(case))
    except asyncio.TimeoutError:
        return "hangs"
    except Exception as exception:
        return "%s: %s" % (type(exception).__name__, exception)
    return ""


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
