#!/usr/bin/env python3
"""Records in testdata/corpus what the real packages do with each case.

    tools/setup-python.sh
    python3 internal/testsupport/python/corpus.py             # write the results anew
    python3 internal/testsupport/python/corpus.py --check     # only say what would change
    python3 internal/testsupport/python/corpus.py --add FILE  # add the cases of FILE first

The cases themselves (url or environ, note, differs, python) are kept as they
are, in their order. FILE holds one JSON object a line with url or environ and
note; cases that are there already are left out.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parents[2] / "testdata" / "corpus"
ENVIRONMENTS = ["redis-4.3", "redis-4.6", "redis-5.2", "redis-6.4", "redis-7.4", "redis-8.1"]


def cache():
    if os.environ.get("CHANNELS_CACHE"):
        return pathlib.Path(os.environ["CHANNELS_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "terraform-provider-channels"


class Oracle:
    """One Python process that runs oracle.py in an environment."""

    def __init__(self, environment):
        python = cache() / "venv" / environment / "bin" / "python"
        if not python.exists():
            sys.exit(f"no Python environment {environment}: run tools/setup-python.sh {environment}")
        self.process = subprocess.Popen(
            [python, "-I", "-X", "utf8", HERE / "oracle.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        versions = self.ask(op="versions")
        if not versions["checks_brackets"]:
            sys.exit(f"{python} lacks the fix of CVE-2025-0938: set CHANNELS_PYTHON and set up anew")
        self.version = versions["packages"]["redis"]

    def ask(self, **request):
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def read(path):
    if not path.exists():
        return []
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def record_url(case, oracles):
    """Equal results stand once, with the versions they hold for."""
    results = []
    for oracle in oracles:
        answer = oracle.ask(op="url", url=case["url"])
        for result in results:
            if result["answer"] == answer:
                result["versions"].append(oracle.version)
                break
        else:
            results.append({"versions": [oracle.version], "answer": answer})
    return [{"versions": result["versions"], **result["answer"]} for result in results]


def record_environment(case, oracles):
    ask = oracles[-1].ask
    return {
        "true": ask(op="settings", environ=case["environ"], debug=True),
        "false": ask(op="settings", environ=case["environ"], debug=False),
    }


def unclassified(case):
    return "unclassified" in json.dumps(case["results"])


def key(case):
    return json.dumps(case.get("url", case.get("environ")), sort_keys=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--add", metavar="FILE")
    arguments = parser.parse_args()
    added = read(pathlib.Path(arguments.add)) if arguments.add else []
    oracles = [Oracle(environment) for environment in ENVIRONMENTS]
    changed = False
    for name, field, record in (
        ("urls.jsonl", "url", record_url),
        ("environments.jsonl", "environ", record_environment),
    ):
        path = CORPUS / name
        cases = read(path)
        known = {key(case) for case in cases}
        for case in added:
            if field in case and key(case) not in known:
                known.add(key(case))
                cases.append(case)
        for case in cases:
            case["results"] = record(case, oracles)
        strange = [case[field] for case in cases if unclassified(case)]
        if strange:
            sys.exit(f"oracle.py has no reason for the messages of {strange}")
        order = (field, "note", "python", "differs", "results")
        text = "".join(json.dumps({k: case[k] for k in order if k in case}) + "\n" for case in cases)
        same = path.exists() and path.read_text(encoding="utf-8") == text
        changed = changed or not same
        print(f"{name}: {len(cases)} cases, {'unchanged' if same else 'changed'}")
        if not arguments.check and not same:
            path.write_text(text, encoding="utf-8")
    sys.exit(1 if arguments.check and changed else 0)


if __name__ == "__main__":
    main()
