"""Asks the real packages: JSON requests on standard input, answers on output.

One request a line, one answer a line, until the input ends. It connects to
nothing: a URL is taken as far as the connection object that redis-py would
dial with.
"""

import json
import os
import re
import sys
import urllib.parse
import warnings

# What the settings of the app compute; the ground truth of the resolution.
SETTINGS = """
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
"""

# The reason behind a message, by stage. The first that fits counts.
REASONS = {
    "parse": [
        (r"^Invalid IPv6 URL", "brackets"),
        (r"IPvFuture|does not appear to be an IPv4|cannot be in brackets", "not-ipv6"),
        (r"under NFKC normalization", "hidden-delimiter"),
        (r"^Invalid value for [`'](?P<name>.*)[`'] in connection URL", "argument-value"),
        (r"^Redis URL must specify", "scheme"),
        (r"^Port could not be cast", "port-not-number"),
        (r"^Port out of range|^Exceeds the limit", "port-out-of-range"),
        (r'"max_connections" must be', "negative-max-connections"),
        (r"multiple values for (keyword )?argument '(?P<name>.*)'", "unknown-argument"),
        (r"'str' object has no attribute", "not-from-url"),
    ],
    "connect": [
        # CPython 3.13 adds a suggestion.
        (r"unexpected keyword argument '(?P<name>.*?)'(\. Did you mean '.*'\?)?$", "unknown-argument"),
        (r"^Invalid SSL Certificate Requirements Flag", "cert-reqs"),
        (r"^protocol must be|local variable 'p'", "protocol"),
        (r"^invalid literal for int|^Exceeds the limit", "argument-value"),
        (r"^'username' and 'password' cannot be passed", "credential-conflict"),
        (r"'str' object is not callable|'str' object has no attribute|^driver_info must be", "not-from-url"),
    ],
}


def class_name(kind):
    """The class as a traceback names it."""
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def refusal(stage, error):
    message = str(error)
    answer = {"stage": stage, "exception": class_name(type(error)), "reason": "unclassified: " + message}
    for pattern, reason in REASONS[stage]:
        match = re.search(pattern, message, re.DOTALL)
        if match:
            answer["reason"] = reason
            if "name" in match.groupdict():
                answer["argument"] = match["name"]
            break
    return {"error": answer}


def number(value):
    """A float or None as text that loses nothing."""
    return None if value is None else repr(float(value))


def option(value):
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, list):
        return {"flags": len(value)}
    return {"text": value}


def flags(values):
    """Names of the flags; an attribute that is no flag counts as "?"."""
    if values is None:
        return []
    from ssl import VerifyFlags

    return [value.name if isinstance(value, VerifyFlags) else "?" for value in values]


def tls(context):
    """What RedisSSLContext.get() would set up."""
    certificate, key = context.certfile, context.keyfile
    if not hasattr(context, "ca_path") and not (certificate and key):
        certificate = key = None  # before 7.2.0 one without the other is ignored
    version = getattr(context, "min_version", None)
    name = context.cert_reqs.name
    return {
        "cert_reqs": name[len("CERT_") :].lower(),
        "check_hostname": bool(context.check_hostname),
        "ca_certs": context.ca_certs or "",
        "ca_path": getattr(context, "ca_path", None) or "",
        "ca_data": context.ca_data or "",
        "certfile": certificate or "",
        "keyfile": key or "",
        "key_password": getattr(context, "password", None) or "",
        "min_version": str(version) if isinstance(version, int) else None,
        "impossible": bool(name == "CERT_NONE" and context.check_hostname or isinstance(version, str)),
        "ciphers": getattr(context, "ciphers", None) or "",
        "include_flags": flags(getattr(context, "include_verify_flags", None)),
        "exclude_flags": flags(getattr(context, "exclude_verify_flags", None)),
    }


def ask_url(request):
    from redis.asyncio import connection as module

    url = request["url"]
    try:
        pool = module.ConnectionPool.from_url(url)
    except Exception as error:
        return refusal("parse", error)
    try:
        made = pool.make_connection()
    except Exception as error:
        return refusal("connect", error)
    options = module.parse_url(url)
    for name in ("host", "port", "path", "username", "password", "db"):
        options.pop(name, None)
    if isinstance(options.get("connection_class"), type):
        del options["connection_class"]
    answer = {
        "transport": {
            module.Connection: "tcp",
            module.SSLConnection: "tls",
            module.UnixDomainSocketConnection: "unix",
        }[type(made)],
        "username": made.username or "",
        "password": made.password or "",
        "db": str(made.db),
        "socket_timeout": number(made.socket_timeout),
        "socket_connect_timeout": number(made.socket_connect_timeout),
        "options": {name: option(value) for name, value in options.items()},
    }
    if answer["transport"] == "unix":
        answer["path"] = made.path
    else:
        answer["host"], answer["port"] = made.host, str(made.port)
    if answer["transport"] == "tls":
        answer["tls"] = tls(made.ssl_context)
    return {"connection": answer}


def ask_settings(request):
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(request["environ"])
    names = {"os": os, "DEBUG": request["debug"]}
    try:
        exec(SETTINGS, names)
    except Exception as error:
        return {"error": {"exception": class_name(type(error))}}
    finally:
        os.environ.clear()
        os.environ.update(saved)
    layer = names["CHANNEL_LAYERS"]["default"]
    answer = {"backend": layer["BACKEND"]}
    if "hosts" in layer["CONFIG"]:
        answer["hosts"] = [
            {"url": host} if isinstance(host, str) else {"host": host[0], "port": str(host[1])}
            for host in layer["CONFIG"]["hosts"]
        ]
    return {"layer": answer}


def ask_number(request):
    try:
        value = {"int": int, "float": float}[request["op"]](request["text"])
    except Exception as error:
        return {"error": {"exception": class_name(type(error))}}
    # Not str(value): it refuses large numbers as well.
    return {"value": repr(value) if isinstance(value, float) else hex(value)}


def ask_text(request):
    text = request["text"]
    if request["op"] == "lower":
        return {"value": text.lower()}
    if request["op"] == "strip":
        return {"value": text.strip()}
    return {"value": urllib.parse.unquote(text)}


def ask_versions(_request):
    from importlib import metadata

    versions = {}
    for name in ("redis", "channels", "channels-redis", "Django"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "packages": versions,
        # The fix of CVE-2025-0938, which the Go side mirrors.
        "checks_brackets": hasattr(urllib.parse, "_check_bracketed_netloc"),
    }


ANSWERS = {
    "url": ask_url,
    "settings": ask_settings,
    "int": ask_number,
    "float": ask_number,
    "lower": ask_text,
    "strip": ask_text,
    "unquote": ask_text,
    "versions": ask_versions,
}


def main():
    # Surrogates stand for bytes that are not UTF-8, as in os.environ.
    source = open(sys.stdin.fileno(), encoding="utf-8", errors="surrogateescape", closefd=False)
    warnings.simplefilter("ignore")
    for line in source:
        request = json.loads(line)
        print(json.dumps(ANSWERS[request["op"]](request)), flush=True)


if __name__ == "__main__":
    main()
