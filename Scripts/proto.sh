#!/usr/bin/env bash
# Makes the Swift code of the wire's messages anew from Proto/. The service itself needs none: Transport passes frames as bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v protoc >/dev/null || { echo "protoc is missing: install protobuf-compiler" >&2; exit 1; }
swift build --product protoc-gen-swift
protoc --plugin="$(swift build --show-bin-path)/protoc-gen-swift" --proto_path=Proto \
  --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
  --swift_out=Sources/Replication/Wire Proto/tributary/v1/link.proto
mv Sources/Replication/Wire/tributary/v1/link.pb.swift Sources/Replication/Wire/link.pb.swift
rm -r Sources/Replication/Wire/tributary
