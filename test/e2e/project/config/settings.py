"""Settings of the project that the end-to-end tests run.

The part between the two lines of dashes is the settings code that the provider
mirrors, byte for byte (TestProject_HasTheSettingsCode). What REDIS_URL,
REDIS_HOST, REDIS_PORT and DEBUG cannot say (a prefix, encryption keys, the
pub/sub layer) comes as the provider's output settings_python, which takes that
part's place, as a user would paste it.
"""

import os

DEBUG = os.getenv('DEBUG') == 'True'

# ---- channel layers ----
REDIS_URL = os.getenv('REDIS_URL')
REDIS_HOST = os.getenv('REDIS_HOST', '127.0.0.1')
REDIS_PORT = int(os.getenv('REDIS_PORT', 6379))

CHANNEL_LAYERS = {
    'default': {
        'BACKEND': 'channels_redis.core.RedisChannelLayer' if (REDIS_URL or not DEBUG) else 'channels.layers.InMemoryChannelLayer',
        'CONFIG': {
            "hosts": [REDIS_URL] if REDIS_URL else [(REDIS_HOST, REDIS_PORT)],
        } if (REDIS_URL or not DEBUG) else {},
    },
}
# ---- end of channel layers ----

SECRET_KEY = "made-up-for-the-tests-and-used-nowhere-else"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "channels",
    "chat",
    "updates",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

# Sessions in cookies: the project needs no database.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
DATABASES = {}

# Without DEBUG Django prints no traceback of a view by itself.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
USE_TZ = True
