"""One process of an app under load: it receives from a channel layer, or sends.

The first line of input is the job, the answer to it what others need to know;
the next line ends a receiver, whose answer is what it saw. A sender answers when
it is done. Times are seconds of the clock that all processes of a machine share.
"""

import asyncio
import importlib
import json
import os
import resource
import sys
import time

from channels.exceptions import ChannelFull


def layer_of(job):
    module, _, name = job["class"].rpartition(".")
    return getattr(importlib.import_module(module), name)(hosts=job["hosts"], **job["config"])


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def answer(**values):
    print(json.dumps(values), flush=True)


async def lines():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def receive(job, control):
    """Waits on some channels, as that many WebSockets do, and notes how old each message is."""
    layer = layer_of(job)
    names = [await layer.new_channel() for _ in range(job["members"])]
    if job["group"]:
        for name in names:
            await layer.group_add(job["group"], name)
    ages = []

    async def listen(name):
        while True:
            message = await layer.receive(name)
            ages.append(time.time() - message["at"])

    tasks = [asyncio.create_task(listen(name)) for name in names]  # held, or they end
    await asyncio.sleep(1)  # until each waits
    answer(channels=names)
    await control.readline()
    ages.clear()
    before = cpu()
    answer(ready=True)
    await control.readline()
    arrived = -1
    while arrived != len(ages):  # what is still on its way
        arrived = len(ages)
        await asyncio.sleep(1)
    answer(ages=ages, cpu=cpu() - before, listeners=len(tasks))
    os._exit(0)  # a layer whose receivers are cancelled all at once fills the log


async def send(job):
    """Sends a number of messages, so many a second, or as fast as it can."""
    layer = layer_of(job)
    text = "x" * job["size"]
    refused = late = 0
    before, begun = cpu(), time.time()
    for n in range(job["count"]):
        if job["rate"]:
            pause = begun + n / job["rate"] - time.time()
            if pause > 0:
                await asyncio.sleep(pause)
            else:
                late += 1
        message = {"type": "chat.message", "text": text, "at": time.time()}
        try:
            if job["group"]:
                await layer.group_send(job["group"], message)
            else:
                await layer.send(job["channels"][n % len(job["channels"])], message)
        except ChannelFull:
            refused += 1
    answer(refused=refused, late=late, cpu=cpu() - before, seconds=time.time() - begun)


async def main():
    control = await lines()
    job = json.loads(await control.readline())
    await (receive(job, control) if job["role"] == "receive" else send(job))


asyncio.run(main())
