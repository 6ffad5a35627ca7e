import os

REDIS_URL = os.getenv('REDIS_URL')
REDIS_HOST = os.getenv('REDIS_HOST', '127.0.0.1')
REDIS_PORT = int(os.getenv('REDIS_PORT', 6379))

CHANNEL_LAYERS = {
    'tickets': {
        'BACKEND': 'channels_redis.pubsub.RedisPubSubChannelLayer',
        'CONFIG': {
            "hosts": [REDIS_URL] if REDIS_URL else [(REDIS_HOST, REDIS_PORT)],
            "prefix": "tick'ets-\xe9",
            "symmetric_encryption_keys": os.environ['CHANNEL_LAYERS_SYMMETRIC_ENCRYPTION_KEYS'].split(','),
            "serializer_format": 'json',
            "on_disconnect": 'redis.disconnect',
            "on_reconnect": 'redis.reconnect',
        },
    },
}
