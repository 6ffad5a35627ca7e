from channels.generic.websocket import AsyncWebsocketConsumer


class ChannelsCheckConsumer(AsyncWebsocketConsumer):
    """Whatever channels_delivery puts into the layer comes out here."""

    groups = ["channels-check"]

    async def channels_check(self, event):
        await self.send(text_data=event["token"])
