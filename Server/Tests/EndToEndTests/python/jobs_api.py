"""A small stand-in for the jobs API of the quick start, and for the homepages of the companies in it.

`python jobs_api.py PROGRAM…` runs a program with its address in JOBS_API, and that of the list in JOBS_URL, and
serves until the program has ended. One company's homepage is at a port where nothing listens: the quick start has to
mark that one as an error.
"""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading

COMPANIES = ['Albatross Freight', 'Bee-eater Labs', 'Corncrake & Sons', 'Dunlin Data', 'Eider Down Ltd']
DOWN = 'Corncrake & Sons'


def closed_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address = 'http://127.0.0.1:%d' % self.server.server_port
        if self.path.startswith('/positions.json'):
            down = 'http://127.0.0.1:%d/' % closed_port()
            pages = [down if name == DOWN else address + '/homepage' for name in COMPANIES]
            jobs = [{'company': name, 'company_url': page} for name, page in zip(COMPANIES, pages)]
            self.answer('application/json', json.dumps(jobs).encode())
        else:
            self.answer('text/html', b'<h1>We are hiring</h1>')

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start():
    """Serves on a thread that ends with the program; returns the address."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return 'http://127.0.0.1:%d' % server.server_port


if __name__ == '__main__':
    address = start()
    jobs = address + '/positions.json?description=python'
    environment = dict(os.environ, JOBS_API=address, JOBS_URL=jobs, NO_PROXY='127.0.0.1', no_proxy='127.0.0.1')
    sys.exit(subprocess.call(sys.argv[1:], env=environment))
