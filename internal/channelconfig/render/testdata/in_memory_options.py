CHANNEL_LAYERS = {
    'tickets': {
        'BACKEND': 'channels.layers.InMemoryChannelLayer',
        'CONFIG': {
            "expiry": 30,
            "group_expiry": 3600,
            "capacity": 500,
        },
    },
}
