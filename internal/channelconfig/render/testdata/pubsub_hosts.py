import json
import os
from urllib.parse import unquote

REDIS_HOSTS = os.getenv('CACHE_HOSTS') or '[]'
REDIS_HOSTS = json.loads(REDIS_HOSTS if '"' in REDIS_HOSTS else unquote(REDIS_HOSTS))
REDIS_HOST = '127.0.0.1'
REDIS_PORT = 6379

CHANNEL_LAYERS = {
    'default': {
        'BACKEND': 'channels_redis.pubsub.RedisPubSubChannelLayer',
        'CONFIG': {
            "hosts": REDIS_HOSTS or [(REDIS_HOST, REDIS_PORT)],
        },
    },
}
