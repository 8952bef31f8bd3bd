"""Packs programs into an OCI image archive that `ctr images import` reads.

image.pack.py OUT.tar REFERENCE ENTRYPOINT SOURCE:DESTINATION...
"""
import hashlib
import io
import json
import sys
import tarfile

out, reference, entrypoint, *files = sys.argv[1:]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def directory(layer, name, mode=0o755):
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    layer.addfile(entry)


def file(archive, name, data, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))


def pack_layer():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as layer:
        directory(layer, "tmp", 0o1777)
        for spec in files:
            source, destination = spec.split(":")
            parts = destination.strip("/").split("/")
            for depth in range(1, len(parts)):
                directory(layer, "/".join(parts[:depth]))
            with open(source, "rb") as program:
                file(layer, "/".join(parts), program.read(), 0o755)
    return data.getvalue()


layer = pack_layer()
config = json.dumps({
    "architecture": "amd64", "os": "linux",
    "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Entrypoint": [entrypoint]},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest(layer)]},
}).encode()
OCI = "application/vnd.oci.image."
manifest = json.dumps({
    "schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
    "config": {"mediaType": OCI + "config.v1+json", "digest": "sha256:" + digest(config), "size": len(config)},
    "layers": [{"mediaType": OCI + "layer.v1.tar", "digest": "sha256:" + digest(layer), "size": len(layer)}],
}).encode()
index = json.dumps({
    "schemaVersion": 2,
    "manifests": [{
        "mediaType": OCI + "manifest.v1+json", "digest": "sha256:" + digest(manifest), "size": len(manifest),
        "annotations": {"io.containerd.image.name": reference, "org.opencontainers.image.ref.name": reference.split(":")[-1]},
    }],
}).encode()
with tarfile.open(out, "w") as archive:
    file(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    for blob in (layer, config, manifest):
        file(archive, "blobs/sha256/" + digest(blob), blob)
    file(archive, "index.json", index)
