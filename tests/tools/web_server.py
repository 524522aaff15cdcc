"""web_server.py FOLDER LOG [--whole] — a web server for one test, on a free port of this machine.

It prints its port, then serves the files of the folder until it is ended, and writes for each request
the path and the Range that was asked for ("-": none) into the log. A part of a file is given as HTTP
has it (206, 416); with --whole it is not: the whole file comes, whatever was asked for. Of a file
whose name begins with "cut" the first request gets 10,000 bytes, then the connection breaks.
"""
import http.server
import os
import re
import sys

folder, log, whole = sys.argv[1], sys.argv[2], "--whole" in sys.argv
CUT = 10000
seen = set()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def range_of(self, size):
        """First byte that is wanted; None for a range that is not there."""
        asked = self.headers.get("Range")
        with open(log, "a") as f:
            print(self.path, asked or "-", file=f)
        match = re.fullmatch(r"bytes=(\d+)-", asked or "")
        if whole or not match:
            return 0
        first = int(match.group(1))
        return first if first < size else None

    def do_GET(self):
        path = os.path.join(folder, self.path.lstrip("/"))
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as f:
            data = f.read()
        first = self.range_of(len(data))
        if first is None:
            self.send_error(416)
            return
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        if os.path.basename(path).startswith("cut") and path not in seen:
            seen.add(path)
            data = data[:CUT]
        self.wfile.write(data[first:])


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
