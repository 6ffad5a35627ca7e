from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.http import HttpResponse

from updates.consumers import GROUP


def push(request, text):
    """Tells everybody who looks at updates."""
    async_to_sync(get_channel_layer().group_send)(
        GROUP, {"type": "updates.message", "text": text}
    )
    return HttpResponse(status=204)


def report(request, name):
    """Orders a report, which `manage.py runworker reports` makes."""
    async_to_sync(get_channel_layer().send)(
        "reports", {"type": "report.make", "name": name}
    )
    return HttpResponse(status=204)
