"""Says what pip and its copy of "packaging" make of versions and requirements.

Reads one JSON object a line, {"version": text} or {"requirements": text}.
Prints the release as a list of numbers, or the packages that are looked for:
{name: [[release or null, has a marker], ...]}; null where Python refuses.
"""

import json
import os
import sys
import tempfile

from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_line
from pip._internal.req.req_file import parse_requirements
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import Version


def release(text):
    return list((Version(text).release + (0, 0))[:3])


def pin(specifiers):
    for spec in specifiers:
        if spec.operator in ("==", "===") and not spec.version.endswith(".*"):
            return release(spec.version)
    return None


def requirements(text):
    found = {"channels": [], "channels-redis": [], "redis": []}
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write(text)
    try:
        for parsed in parse_requirements(file.name, SESSION):
            if parsed.is_editable:
                continue
            installed = install_req_from_line(parsed.requirement)
            requirement = installed.req
            if requirement is None:
                continue
            name = canonicalize_name(requirement.name)
            if name in found:
                found[name].append([pin(requirement.specifier), installed.markers is not None])
    finally:
        os.unlink(file.name)
    return found


SESSION = PipSession()

for line in sys.stdin:
    case = json.loads(line)
    try:
        answer = release(case["version"]) if "version" in case else requirements(case["requirements"])
    except Exception:
        answer = None
    print(json.dumps(answer))
