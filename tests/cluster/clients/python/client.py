"""An app that uses Kubernetes' Python client with what it finds in the
ServiceAccount's directory. It prints what it sees as lines of JSON."""

import json
import sys

from kubernetes import client, config, watch
from kubernetes.stream import stream

config.load_incluster_config()
CORE = client.CoreV1Api()


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def plain(thing):
    return CORE.api_client.sanitize_for_serialization(thing)


def answer(result):
    body, status, headers = result
    say("response", status=status, headers=dict(headers))
    return body


def list_maps(namespace):
    """Pages, one object, one that is not there, and one that is not valid."""
    token = None
    while token != "":
        page = answer(
            CORE.list_namespaced_config_map_with_http_info(
                namespace, limit=7, _continue=token
            )
        )
        say("page", items=plain(page.items))
        token = page.metadata._continue or ""
    say("object", object=plain(answer(
        CORE.read_namespaced_config_map_with_http_info("map-3", namespace)
    )))
    attempts = [
        lambda: CORE.read_namespaced_config_map("none", namespace),
        lambda: CORE.create_namespaced_config_map(
            namespace, {"metadata": {"name": "Not_A_Name"}}
        ),
        lambda: CORE.create_namespaced_config_map(
            namespace, {"metadata": {"name": "map-3"}}
        ),
    ]
    for attempt in attempts:
        try:
            attempt()
        except client.ApiException as error:
            say(
                "response",
                status=error.status,
                reason=error.reason,
                headers=dict(error.headers),
                body=json.loads(error.body),
            )


def watch_maps(namespace):
    """Changes up to the deletion of the one of the name "last"."""
    watcher = watch.Watch()
    say("watching")
    changes = watcher.stream(
        CORE.list_namespaced_config_map, namespace, resource_version="0"
    )
    for change in changes:
        say("change", type=change["type"], object=change["raw_object"])
        name = change["raw_object"]["metadata"]["name"]
        if change["type"] == "DELETED" and name == "last":
            watcher.stop()


def execute(namespace):
    """Commands in a pod: outputs, exit codes, input."""
    commands = [
        ["sh", "-c", "echo out; echo err >&2; exit 7"],
        ["no-such-command"],
        ["head", "-c", "300000", "/dev/zero"],
    ]
    for command in commands:
        session = stream(
            CORE.connect_get_namespaced_pod_exec,
            "pod",
            namespace,
            command=command,
            stdout=True,
            stderr=True,
            _preload_content=False,
        )
        session.run_forever(timeout=30)
        stdout = session.read_stdout()
        say(
            "exec",
            stdout=stdout if len(stdout) < 100 else len(stdout),
            stderr=session.read_stderr(),
            code=session.returncode,
        )
    session = stream(
        CORE.connect_get_namespaced_pod_exec,
        "pod",
        namespace,
        command=["sh", "-c", "read line; echo got $line"],
        stdin=True,
        stdout=True,
        _preload_content=False,
    )
    session.write_stdin("typed\n")
    session.run_forever(timeout=30)
    say("exec", stdout=session.read_stdout(), code=session.returncode)
    try:
        stream(
            CORE.connect_get_namespaced_pod_exec,
            "none",
            namespace,
            command=["true"],
            stdout=True,
        )
    except client.ApiException as error:
        say("refused", status=error.status)


COMMANDS = {"exec": execute, "list": list_maps, "watch": watch_maps}
COMMANDS[sys.argv[1]](sys.argv[2])
