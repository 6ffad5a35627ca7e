import json

from channels.generic.websocket import AsyncWebsocketConsumer

GROUP = "updates"


class UpdatesConsumer(AsyncWebsocketConsumer):
    """Real-time updates: whoever is connected sees what happens elsewhere."""

    async def connect(self):
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def updates_message(self, event):
        await self.send(text_data=json.dumps({"update": event["text"]}))
