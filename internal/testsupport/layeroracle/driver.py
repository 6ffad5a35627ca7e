"""Drives real channel layers on one asyncio loop, for tests.

Each line of input is a request {"id", "op", ...}, each line of output its
answer {"id", "value"} or {"id", "error": {"type", "text"}}. Requests run side by
side. The process ends with its input.
"""

import asyncio
import base64
import importlib
import importlib.metadata
import json
import os
import sys
import threading
import unicodedata

import msgpack
from channels.layers import BaseChannelLayer

LAYERS = {}
TASKS = {}


def read(value):
    """A value from a request."""
    if isinstance(value, list):
        return [read(v) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "int":
        return int(content)
    if kind == "float":
        return float(content)
    if kind == "bytes":
        return base64.b64decode(content)
    if kind == "ext":
        data = base64.b64decode(content[1])
        return msgpack.Timestamp.from_bytes(data) if content[0] == -1 else msgpack.ExtType(content[0], data)
    if kind == "nested":
        value = 1
        for _ in range(content):
            value = [value]
        return value
    if kind == "tuple":
        return tuple(read(v) for v in content)
    if kind == "dict":
        return {read(k): read(v) for k, v in content}
    raise ValueError("no value is a %s: %s" % (kind, content))


def depth(value):
    """How many lists of one element there are around a 1; 0 for another value."""
    count = 0
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
        count += 1
    return count if value == 1 else 0


def write(value):
    """A value for an answer."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, msgpack.Timestamp):
        return {"ext": [-1, base64.b64encode(value.to_bytes()).decode()]}
    if isinstance(value, msgpack.ExtType):
        return {"ext": [value.code, base64.b64encode(value.data).decode()]}
    if isinstance(value, list) and depth(value) > 100:
        return {"nested": depth(value)}
    if isinstance(value, (list, tuple)):
        return [write(v) for v in value]
    if isinstance(value, dict):
        return {"dict": [[write(k), write(v)] for k, v in value.items()]}
    raise TypeError("cannot answer with a %s" % type(value).__name__)


async def op_versions(request):
    names = ("channels", "channels-redis", "redis", "msgpack", "cryptography")
    return {name: importlib.metadata.version(name) for name in names}


async def op_new(request):
    """Makes a layer of a class with a CONFIG."""
    module, _, name = request["class"].rpartition(".")
    layer = getattr(importlib.import_module(module), name)(**read(request["config"]))
    LAYERS[request["layer"]] = layer
    if request.get("process"):
        layer.client_prefix = request["process"]
    return getattr(layer, "client_prefix", None) if isinstance(layer, BaseChannelLayer) else None


async def op_call(request):
    """Awaits a method of a layer."""
    method = getattr(LAYERS[request["layer"]], request["method"])
    return await method(*read(request["arguments"]))


async def op_plain(request):
    """Calls a method of a layer that is no coroutine."""
    return getattr(LAYERS[request["layer"]], request["method"])(*read(request["arguments"]))


async def op_close(request):
    layer = LAYERS.pop(request["layer"])
    await (layer.close_pools() if isinstance(layer, BaseChannelLayer) else layer.flush())


async def op_arrivals(request):
    """Which of the channels hear something: waits for so many, and then a moment
    for one that should not. Who hears nothing is left waiting: cancelling many
    receives at once is a test of its own."""
    layer = LAYERS[request["layer"]]
    tasks = [asyncio.ensure_future(layer.receive(channel)) for channel in request["channels"]]
    for task in tasks:  # its end is nobody's business later
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
    deadline = asyncio.get_running_loop().time() + request["seconds"]
    while sum(task.done() for task in tasks) < request["expect"]:
        left = deadline - asyncio.get_running_loop().time()
        pending = [task for task in tasks if not task.done()]
        if left <= 0 or not pending:
            break
        await asyncio.wait(pending, timeout=left, return_when=asyncio.FIRST_COMPLETED)
    pending = [task for task in tasks if not task.done()]
    if pending:
        await asyncio.wait(pending, timeout=request["moment"])
    return [task.done() and task.exception() is None for task in tasks]


async def op_cancel(request):
    task = TASKS.get(request["target"])
    if task is not None:
        task.cancel()


def judge(check, name, **arguments):
    try:
        return bool(check(name, **arguments))
    except Exception:
        return False


async def op_names(request):
    """Which names are valid: as a channel, to receive from, as a group."""
    layer = BaseChannelLayer()
    channel = getattr(layer, "require_valid_channel_name", None) or layer.valid_channel_name
    group = getattr(layer, "require_valid_group_name", None) or layer.valid_group_name
    return [
        [judge(channel, name), judge(channel, name, receive=True), judge(group, name)]
        for name in request["names"]
    ]


async def op_unassigned(request):
    return [point for point in range(0x20000) if unicodedata.category(chr(point)) == "Cn"]


async def op_capacities(request):
    """Which of several patterns decides about each name; -1 for none."""
    layer = BaseChannelLayer(capacity=-1)
    patterns = {pattern: index for index, pattern in enumerate(request["patterns"])}
    layer.channel_capacity = layer.compile_capacities(patterns)
    return [layer.get_capacity(name) for name in request["names"]]


async def op_shards(request):
    from channels_redis.utils import _consistent_hash

    return [_consistent_hash(name, request["hosts"]) for name in request["names"]]


async def serve(request):
    try:
        answer = {"value": write(await globals()["op_" + request["op"]](request))}
    except asyncio.CancelledError:
        answer = {"error": {"type": "CancelledError", "text": ""}}
    except BaseException as error:
        answer = {"error": {"type": type(error).__name__, "text": str(error)}}
    TASKS.pop(request["id"], None)
    print(json.dumps({"id": request["id"], **answer}), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    requests = asyncio.Queue()

    def pump():
        for line in sys.stdin:
            loop.call_soon_threadsafe(requests.put_nowait, line)
        loop.call_soon_threadsafe(requests.put_nowait, None)

    threading.Thread(target=pump, daemon=True).start()
    while (line := await requests.get()) is not None:
        request = json.loads(line)
        TASKS[request["id"]] = asyncio.ensure_future(serve(request))
    # Whatever is still waited for goes with the process.
    sys.stdout.flush()
    os._exit(0)


asyncio.run(main())
