"""Executes rendered settings code and says what CHANNEL_LAYERS it makes.

Reads one JSON object a line: code, debug, environment, expected (JSON text).
Prints one a line: {"same": ...} or {"error": "Class"}. With "layer" set it
also makes the layer and sends a message through it, which needs Django, and
prints its attributes.
"""

import asyncio
import json
import os
import sys


def as_json(value):
    """Tuples are lists in JSON; dicts keep their order as pairs."""
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {"pairs": [[key, as_json(item)] for key, item in value.items()]}
    return value


def pairs(items):
    return {"pairs": [[key, value] for key, value in items]}


def load(case):
    os.environ.clear()
    os.environ.update(case["environment"])
    names = {"DEBUG": case["debug"]}
    exec(compile(case["code"], "settings.py", "exec"), names)
    return names["CHANNEL_LAYERS"]


def attributes(layers):
    from channels.layers import ChannelLayerManager
    from django.conf import settings
    from django.test import override_settings

    if not settings.configured:
        settings.configure()
    with override_settings(CHANNEL_LAYERS=layers):
        (alias,) = layers
        layer = ChannelLayerManager()[alias]

    async def look():
        inner = layer._get_layer() if hasattr(layer, "_get_layer") else layer
        serializer = getattr(layer, "_serializer", None)
        found = {
            name: getattr(inner, name, None)
            for name in ("prefix", "expiry", "group_expiry", "capacity", "on_disconnect", "on_reconnect", "hosts")
        }
        found["serializer"] = type(serializer).__name__
        found["random_prefix_length"] = getattr(serializer, "random_prefix_length", None)
        found["encrypts"] = getattr(serializer, "crypter", None) is not None
        if type(layer).__name__ == "InMemoryChannelLayer":
            await layer.send("a.channel", {"type": "x"})
        else:
            found["capacities"] = [layer.get_capacity(name) for name in ("http.request", "websocket.send!x", "z")] if hasattr(layer, "get_capacity") and type(layer).__name__ == "RedisChannelLayer" else None
        return found

    return asyncio.run(look())


def main():
    for line in sys.stdin:
        case = json.loads(line)
        try:
            layers = load(case)
            answer = {"same": as_json(layers) == json.loads(case["expected"], object_pairs_hook=pairs)}
            if case.get("layer"):
                answer["attributes"] = attributes(layers)
        except Exception as error:
            answer = {"error": type(error).__name__}
        print(json.dumps(answer))


main()
