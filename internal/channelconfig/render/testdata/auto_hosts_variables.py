import json
import os
from urllib.parse import unquote

REDIS_HOSTS = os.getenv('CACHE_HOSTS') or '[]'
REDIS_HOSTS = json.loads(REDIS_HOSTS if '"' in REDIS_HOSTS else unquote(REDIS_HOSTS))
REDIS_URL = os.getenv('CACHE_URL')
REDIS_HOST = os.getenv('CACHE_HOST', '127.0.0.1')
REDIS_PORT = int(os.getenv('CACHE_PORT', 6379))

CHANNEL_LAYERS = {
    'default': {
        'BACKEND': 'channels_redis.core.RedisChannelLayer' if (REDIS_HOSTS or REDIS_URL or not DEBUG) else 'channels.layers.InMemoryChannelLayer',
        'CONFIG': {
            "hosts": REDIS_HOSTS or ([REDIS_URL] if REDIS_URL else [(REDIS_HOST, REDIS_PORT)]),
        } if (REDIS_HOSTS or REDIS_URL or not DEBUG) else {},
    },
}
