"""Reads .env files with the Python readers of the environment it runs in.

Usage: read_env.py READER FILE...

Prints one JSON object a file: {"vars": {name: text}} or {"error": class}.
"""

import json
import sys


def django_environ(path, **options):
    import environ

    # A reader of its own for every file: read_env keeps what it has read.
    class Env(environ.Env):
        ENVIRON = {}

    Env.read_env(path, **options)
    env = Env()
    # Settings read with env('NAME') or env.str('NAME'), and that is where a
    # leading "$" becomes the name of another variable.
    return {name: env.str(name) for name in Env.ENVIRON}


def django_environ_comments(path):
    return django_environ(path, parse_comments=True)


def python_dotenv(path):
    import dotenv

    return dotenv.dotenv_values(path)


def python_decouple(path):
    import decouple

    config = decouple.Config(decouple.RepositoryEnv(path))
    return {name: config(name) for name in config.repository.data}


READERS = {
    "django-environ": django_environ,
    "django-environ-comments": django_environ_comments,
    "python-decouple": python_decouple,
    "python-dotenv": python_dotenv,
}


def main():
    import logging
    import os

    logging.disable(logging.CRITICAL)
    # A variable of the process would win over one of the file.
    os.environ.clear()
    read = READERS[sys.argv[1]]
    for path in sys.argv[2:]:
        try:
            answer = {"vars": read(path)}
        except Exception as error:
            answer = {"error": type(error).__name__}
        print(json.dumps(answer))


main()
