#!/usr/bin/env python3
"""Takes what is posted (bitacora audit --follow --post), or does not.

    receiver.py MODE TAKEN [CERT KEY]

prints its port, then answers each POST as the file MODE says at that moment:

    ok       200                          500, 404, 413 ...  that status
    busy     503 with Retry-After: 1      moved              302 to itself
    hang     nothing, until MODE changes  close              the connection is closed
    lost     it is taken, and the connection closed instead of an answer
    noise    no HTTP                      endless            200, and a body without end
    headers  200, and header lines without end

What is taken is a line of TAKEN: {"path", "token", "type", "body"}; what is not, too, with "refused": MODE. With CERT and KEY
it speaks TLS."""
import json
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODE, TAKEN = sys.argv[1:3]
LOCK = threading.Lock()


def mode():
    with open(MODE, encoding="utf-8") as f:
        return f.read().strip()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def keep(self, body, refused=None):
        said = {"path": self.path, "token": self.headers.get("Authorization"), "type": self.headers.get("Content-Type"), "body": json.loads(body)}
        if refused:
            said["refused"] = refused
        with LOCK, open(TAKEN, "a", encoding="utf-8") as f:
            f.write(json.dumps(said) + "\n")

    def answer(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def pour(self, piece):
        """Without end, until the other side has enough."""
        try:
            while True:
                self.wfile.write(piece)
        except OSError:
            self.close_connection = True

    def do_POST(self):
        body, how = self.rfile.read(int(self.headers["Content-Length"])), mode()
        if how in ("ok", "lost", "endless"):
            self.keep(body)
        else:
            self.keep(body, how)
        if how == "ok":
            return self.answer(200)
        if how == "busy":
            return self.answer(503, Retry_After="1")
        if how == "moved":
            return self.answer(302, Location=self.path)
        if how.isdigit():
            return self.answer(int(how))
        if how == "noise":
            self.wfile.write(b"no HTTP at all\r\n\r\n")
        if how == "endless":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            self.pour(b"x" * 65536)
        if how == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.pour(b"X-More: " + b"x" * 60000 + b"\r\n")
        while how == "hang" and mode() == "hang":
            time.sleep(0.05)
        self.close_connection = True
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Of who is killed while it posts nothing is said."""


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 3:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*sys.argv[3:5])
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
