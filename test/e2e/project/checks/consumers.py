import json

from channels.generic.websocket import AsyncWebsocketConsumer


class ChannelsCheckConsumer(AsyncWebsocketConsumer):
    """Sends back the token of every check that comes through the layer."""

    group = "channels-check"

    async def connect(self):
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def channels_check(self, event):
        await self.send(text_data=json.dumps({"token": event["token"]}))
