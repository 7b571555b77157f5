#!/usr/bin/env python3
"""A witness that says whatever it is told: FOLDER/post answers each POST, FOLDER/get each GET, and
FOLDER/proof, if it is there, each POST that begins at another size than 0.

usage: false_witness.py FOLDER [PORT]     prints its port, and serves until it is killed

A file begins with a line "STATUS TYPE"; the rest is the body. Both are read for each request, so that
it can change its mind; without the file the answer is 404. The type "headers" or "trailers" makes it
send those without an end, as fast as they are taken. FOLDER/asked gets a line for each request."""
import http.server
import os
import sys

folder = sys.argv[1]
port = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else 0
filler = b"".join(b"X-%d: %s\r\n" % (i, b"x" * 1000) for i in range(64))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def endless(self, head):
        self.close_connection = True
        try:
            self.wfile.write(head)
            while True:
                self.wfile.write(filler)
        except OSError:
            pass

    def answer(self, name):
        with open(os.path.join(folder, "asked"), "a", encoding="utf-8") as f:
            f.write(f"{self.command} {self.path}\n")
        try:
            with open(os.path.join(folder, name), "rb") as f:
                first, body = f.read().split(b"\n", 1)
        except FileNotFoundError:
            first, body = b"404 text/plain", b""
        status, kind = first.decode().split(" ", 1)
        if kind == "headers":
            return self.endless(b"HTTP/1.1 %d X\r\n" % int(status))
        if kind == "trailers":
            return self.endless(b"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" % int(status))
        self.send_response(int(status))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer("get")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        later = not body.startswith(b"old 0\n") and os.path.exists(os.path.join(folder, "proof"))
        self.answer("proof" if later else "post")


http.server.ThreadingHTTPServer.allow_reuse_address = True
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
print(server.server_port, flush=True)
server.serve_forever()
