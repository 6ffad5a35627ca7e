from django.urls import path

from chat.consumers import ChatConsumer
from checks.consumers import ChannelsCheckConsumer
from updates.consumers import UpdatesConsumer
from updates.tasks import ReportsConsumer

websocket_urlpatterns = [
    path("ws/chat/<slug:room>/", ChatConsumer.as_asgi()),
    path("ws/updates/", UpdatesConsumer.as_asgi()),
    path("ws/channels-check/", ChannelsCheckConsumer.as_asgi()),
]

# `manage.py runworker reports` runs them, in a process of its own.
background_tasks = {
    "reports": ReportsConsumer.as_asgi(),
}
