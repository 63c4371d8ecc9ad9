"""An independent description of WeChat Pay (TheNorthMemory/wechatpay-openapi, MIT): is a request as it says?"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml
from openapi_schema_validator import OAS30Validator

from payments.fakes.server import Call

_HTTP = ("get", "post")
# The description itself writes references to a file's top level as "X.yaml#Name".
_LOOSE = re.compile(r"(\.yaml)#(?=[A-Za-z])")


def faults(folder: Path, call: Call) -> list[str]:
    """What is wrong with a request; empty if it is as described. `folder` holds pay.yaml."""
    url = urlsplit(call.path)
    found = _operation(folder, unquote(url.path), call.method.lower())
    if found is None:
        return [f"there is no {call.method} {url.path}"]
    operation, in_path = found
    wrong = []
    for parameter in operation.get("parameters", []):
        where, name = parameter["in"], parameter["name"]
        if where == "body":
            body = json.loads(call.body)
            wrong += [
                f"{error.json_path}: {error.message}" for error in OAS30Validator(parameter["schema"]).iter_errors(body)
            ]
            continue
        given = {"path": in_path, "query": dict(parse_qsl(url.query)), "header": call.headers}[where]
        if parameter.get("required") and name not in given and name.lower() not in given:
            wrong.append(f"{name} is missing in {where}")
    return wrong


@lru_cache(maxsize=64)
def _operation(folder: Path, path: str, method: str) -> tuple[dict[str, Any], dict[str, str]] | None:
    for template, where in _paths(folder).items():
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
        match = re.fullmatch(pattern, path)
        if match is not None:
            described = _resolved(_load(folder / where), folder / where)
            return (described[method], match.groupdict()) if method in described else None
    return None


@lru_cache(maxsize=1)
def _paths(folder: Path) -> dict[str, str]:
    text = (folder / "pay.yaml").read_text(encoding="utf-8")
    return dict(re.findall(r"^  (/v3/(?:pay/transactions|refund/domestic)\S*):\n    \$ref: (\S+)", text, re.MULTILINE))


@lru_cache(maxsize=64)
def _load(path: Path) -> Any:
    return yaml.load(_LOOSE.sub(r"\1#/", path.read_text(encoding="utf-8")), Loader=yaml.CSafeLoader)


def _resolved(node: Any, here: Path) -> Any:
    """The description with its references filled in."""
    if isinstance(node, list):
        return [_resolved(item, here) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: _resolved(value, here) for key, value in node.items() if key not in {"responses", "example"}}
    file, _, pointer = node["$ref"].partition("#")
    there = (here.parent / file).resolve() if file else here
    target = _load(there)
    for part in pointer.strip("/").split("/"):
        target = target[part] if part else target
    return _resolved(target, there)
