from channels.consumer import AsyncConsumer

from updates.consumers import GROUP


class ReportsConsumer(AsyncConsumer):
    """A background task: it takes its orders from a channel of the layer."""

    async def report_make(self, message):
        await self.channel_layer.group_send(
            GROUP, {"type": "updates.message", "text": "report " + message["name"]}
        )
