"""A host for a browser: an HTTP server on a free port of this machine."""
import http.server
import sys
import threading


class Server(http.server.ThreadingHTTPServer):
    """A page that goes away takes its connections with it, in the middle of an answer, too: that is
    no failure of the server. What else a handler throws is printed."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(handler):
    """Starts one; it ends with the program. Its address is server.address."""
    server = Server(('127.0.0.1', 0), handler)
    server.address = f'http://127.0.0.1:{server.server_port}'
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
