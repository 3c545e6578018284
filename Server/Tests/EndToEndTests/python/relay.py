"""A service in the middle, like the tutorial's Relay in Swift: GET /relay?next=URL&greeting=TEXT on RELAY_PORT."""

import os

import traced_http


def relay(tracer, query, span):
    if 'greeting' in query:
        span.set_baggage_item('greeting', query['greeting'])
    if 'next' not in query:
        return span.get_baggage_item('greeting') or ''
    with tracer.start_active_span('call') as scope:
        return traced_http.get(tracer, scope.span, query['next'], {})


if __name__ == '__main__':
    tracer = traced_http.init_tracer(os.environ['JAEGER_SERVICE_NAME'])
    traced_http.serve(tracer, int(os.environ['RELAY_PORT']), '/relay', 'relay', relay)
