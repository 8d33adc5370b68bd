"""Lists the operations of an OpenAPI document: method and path."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as document:
    for path, methods in json.load(document)["paths"].items():
        for method in methods:
            print(method.upper(), path)
