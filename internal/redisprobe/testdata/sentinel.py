"""Sends one message through the core layer for each entry of hosts, and says what
it raises.

Standard input: a JSON list of {"entry": ..., "hangs": bool}; standard output: a
JSON list of {"exception": ..., "message": ...}, "" for none.
"""

import asyncio
import json
import sys
import time

from channels_redis.core import RedisChannelLayer

# Where it is expected to hang it gets less time, but more than redis-py 8 takes.
LIMIT, HANGING = 60, 7


async def send(setup):
    started = time.monotonic()
    entry = dict(setup["entry"])
    entry["sentinels"] = [tuple(address) for address in entry["sentinels"]]
    try:
        layer = RedisChannelLayer(hosts=[entry], prefix="oracle")
        await asyncio.wait_for(
            layer.send("specific.x!y", {"type": "x"}), HANGING if setup["hangs"] else LIMIT
        )
    except asyncio.TimeoutError as error:
        # redis-py's own TimeoutError is another class.
        name = type(error).__module__ + "." + type(error).__name__
        hung = not name.startswith("redis.")
        return {"exception": "hangs" if hung else "TimeoutError", "message": "", "took": time.monotonic() - started}
    except Exception as error:
        return {"exception": type(error).__name__, "message": str(error)[:200], "took": time.monotonic() - started}
    return {"exception": "", "message": "", "took": time.monotonic() - started}


async def main():
    setups = json.load(sys.stdin)
    json.dump(await asyncio.gather(*map(send, setups)), sys.stdout)


asyncio.run(main())
