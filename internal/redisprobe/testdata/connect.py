"""Connects as the app would: reads a URL a line, writes what redis-py did as JSON.

A command of the core layer follows the connection, because redis-py notices
some refusals only then. One URL is tried at a time, because making a TLS
context blocks the others and redis-py from 8.0 has time limits; those that
begin with "*" are expected to hang and wait beside the others.
"""

import asyncio
import json
import sys

from redis import asyncio as aioredis

PATIENCE = 7.0  # seconds; redis-py from 8.0 gives up after 5


async def connect(url):
    try:
        pool = aioredis.ConnectionPool.from_url(url)
        client = aioredis.Redis(connection_pool=pool)
        await asyncio.wait_for(client.zcard("asgiprobe"), PATIENCE)
    except asyncio.TimeoutError:
        return {"exception": "hangs"}
    except Exception as exception:
        return {"exception": type(exception).__name__, "message": str(exception)}
    await pool.disconnect()
    return {"exception": ""}


async def main():
    done = []
    for line in sys.stdin:
        url = line.rstrip("\n")
        if url.startswith("*"):
            done.append(asyncio.ensure_future(connect(url[1:])))
        else:
            done.append(asyncio.ensure_future(connect(url)))
            await done[-1]
    json.dump(await asyncio.gather(*done), sys.stdout)


asyncio.run(main())
