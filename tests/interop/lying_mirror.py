#!/usr/bin/python3
"""A mirror that answers GET /NAME/checkpoint with the file FOLDER/NAME, and some names in ways of their own.

    lying_mirror.py FOLDER [--cert PEM KEY] [--host ADDRESS]

It prints its URL. endless: bytes without end; redirect: to /newest/checkpoint; short: fewer bytes than it says; packed: the
newest, gzipped, though nobody asked; slow: nothing at all.
"""
import argparse
import gzip
import http.server
import os
import ssl
import sys
import time


class Mirror(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def head(self, status, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_GET(self):
        name = self.path.split("/")[1]
        path = os.path.join(FOLDER, "newest" if name in ("short", "packed") else name)
        if name == "endless":
            self.head(200)
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        if name == "slow":
            time.sleep(600)
        if name == "redirect":
            return self.head(302, Location="/newest/checkpoint")
        if not os.path.exists(path):
            return self.head(404)
        with open(path, "rb") as f:
            body = f.read()
        body = gzip.compress(body) if name == "packed" else body
        self.head(200, Content_Length=str(len(body) + (10 if name == "short" else 0)),
                  **({"Content_Encoding": "gzip"} if name == "packed" else {}))
        self.wfile.write(body)


a = argparse.ArgumentParser()
a.add_argument("folder")
a.add_argument("--cert", nargs=2)
a.add_argument("--host", default="127.0.0.1")
args = a.parse_args()
FOLDER = args.folder
server = http.server.ThreadingHTTPServer((args.host, 0), Mirror)
if args.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*args.cert)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print("http%s://%s:%d" % ("s" if args.cert else "", args.host, server.server_port), flush=True)
sys.exit(server.serve_forever())
