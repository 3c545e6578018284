"""HTTP between services that are traced with the real jaeger-client: what the scripts beside this one share."""

import http.server
import logging
import os
import time
import urllib.parse
import urllib.request

from jaeger_client import Config
from opentracing.ext import tags
from opentracing.propagation import Format


def init_tracer(service):
    """A tracer that samples everything; JAEGER_AGENT_HOST, JAEGER_AGENT_PORT and JAEGER_PROPAGATION say the rest."""
    logging.basicConfig(format='%(message)s', level=logging.INFO)
    options = {'sampler': {'type': 'const', 'param': 1}, 'logging': True, 'generate_128bit_trace_id': True}
    if os.environ.get('JAEGER_PROPAGATION') == 'b3':
        options['propagation'] = 'b3'
    return Config(config=options, service_name=service, validate=True).new_tracer()


def close(tracer):
    """Sends what is left; see quick_start.py for why not by the tracer itself."""
    for closed in [reporter.close() for reporter in tracer.reporter.reporters]:
        while not closed.done():
            time.sleep(0.01)


def get(tracer, span, address, query):
    """Asks another service, as the client that `span` is."""
    if query:
        address += '?' + urllib.parse.urlencode(query)
    span.set_tag(tags.HTTP_METHOD, 'GET')
    span.set_tag(tags.HTTP_URL, address)
    span.set_tag(tags.SPAN_KIND, tags.SPAN_KIND_RPC_CLIENT)
    headers = {}
    tracer.inject(span.context, Format.HTTP_HEADERS, headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(address, headers=headers), timeout=60) as answer:
        return answer.read().decode()


def serve(tracer, port, path, operation, answer):
    """Serves `path` with what `answer(tracer, query, span)` gives, in a span of the caller's trace."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urllib.parse.urlsplit(self.path)
            if parts.path != path:
                self.send_error(404)
                return
            query = dict(urllib.parse.parse_qsl(parts.query))
            context = tracer.extract(Format.HTTP_HEADERS, dict(self.headers))
            kind = {tags.SPAN_KIND: tags.SPAN_KIND_RPC_SERVER}
            with tracer.start_active_span(operation, child_of=context, tags=kind) as scope:
                body = answer(tracer, query, scope.span).encode()
            self.send_response(200)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler).serve_forever()
