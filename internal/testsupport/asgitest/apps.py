"""Small apps with Channels, one for each thing that an app can do to a WebSocket.

    python -m daphne apps:router
    python -m uvicorn apps:router
    python apps.py PORT            the same Django behind a WSGI server
"""

import asyncio
import os
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="made-up-for-the-tests-and-used-nowhere-else",
    ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"],
    ROOT_URLCONF=__name__,
    DEBUG=False,
    LOGGING_CONFIG=None,
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": os.getenv("LAYER", "channels_redis.core.RedisChannelLayer"),
            "CONFIG": {
                "hosts": os.environ["REDIS_URL"].split(),
                "prefix": os.getenv("PREFIX", "asgi"),
                "symmetric_encryption_keys": os.getenv("KEYS", "").split(",") if os.getenv("KEYS") else [],
            },
        }
        if "REDIS_URL" in os.environ
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    },
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = []


class Accept(AsyncWebsocketConsumer):
    """Accepts and says nothing."""

    async def disconnect(self, code):
        print("disconnected with", code, flush=True)


class Echo(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data=text_data, bytes_data=bytes_data)


class Greet(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()
        await self.send(text_data="hello")
        await self.send(text_data="ready: 42")


class Reject(AsyncWebsocketConsumer):
    async def connect(self):
        await self.close()


class RejectWithCode(AsyncWebsocketConsumer):
    async def connect(self):
        await self.close(code=4401)


class Raise(AsyncWebsocketConsumer):
    async def connect(self):
        raise RuntimeError("connect() raised")


class RaiseAfter(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()
        raise RuntimeError("connect() raised after accept()")


class RaiseOnText(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        raise RuntimeError("receive() raised")


class Close(AsyncWebsocketConsumer):
    """Accepts and closes at once with the code of the path."""

    async def connect(self):
        await self.accept()
        await self.close(
            code=int(self.scope["url_route"]["kwargs"]["code"]),
            reason=self.scope["query_string"].decode() or None,
        )


class CloseBecause(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()
        await self.close(code=int(self.scope["url_route"]["kwargs"]["code"]), reason="too many rooms")


class Hang(AsyncWebsocketConsumer):
    """connect() waits for something that never comes."""

    async def connect(self):
        await asyncio.sleep(3600)


class Die(AsyncWebsocketConsumer):
    """The process ends under its WebSockets."""

    async def receive(self, text_data=None, bytes_data=None):
        os._exit(1)


class Subprotocol(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept(subprotocol="chat.v1")


class Joined(Accept):
    groups = ["channels-check"]

    async def channels_check(self, event):
        await self.send(text_data=event["token"])


class JoinedDeaf(AsyncWebsocketConsumer):
    """In the group, with a handler that passes nothing on."""

    groups = ["channels-check"]

    async def channels_check(self, event):
        pass


class JoinedWithoutHandler(AsyncWebsocketConsumer):
    """In the group, and a message kills it."""

    groups = ["channels-check"]


class JoinedStuck(AsyncWebsocketConsumer):
    """In the group, and reads nothing after the first message."""

    groups = ["channels-check"]

    async def channels_check(self, event):
        await asyncio.sleep(3600)


websockets = URLRouter(
    [
        path("accept/", Accept.as_asgi()),
        path("echo/", Echo.as_asgi()),
        path("greet/", Greet.as_asgi()),
        path("reject/", Reject.as_asgi()),
        path("reject-with-code/", RejectWithCode.as_asgi()),
        path("raise/", Raise.as_asgi()),
        path("raise-after/", RaiseAfter.as_asgi()),
        path("raise-on-text/", RaiseOnText.as_asgi()),
        path("close/<int:code>/", Close.as_asgi()),
        path("close/<int:code>/because/", CloseBecause.as_asgi()),
        path("hang/", Hang.as_asgi()),
        path("die/", Die.as_asgi()),
        path("subprotocol/", Subprotocol.as_asgi()),
        path("joined/", Joined.as_asgi()),
        path("joined-deaf/", JoinedDeaf.as_asgi()),
        path("joined-without-handler/", JoinedWithoutHandler.as_asgi()),
        path("joined-stuck/", JoinedStuck.as_asgi()),
    ]
)
http = get_asgi_application()

# What an asgi.py may put out.
router = ProtocolTypeRouter({"http": http, "websocket": websockets})
origins = ProtocolTypeRouter({"http": http, "websocket": AllowedHostsOriginValidator(websockets)})
no_websocket = ProtocolTypeRouter({"http": http})
plain_django = http

if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
