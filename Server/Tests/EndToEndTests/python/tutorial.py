"""The programs of the OpenTracing tutorial's last lesson, with the real jaeger-client.

`tutorial.py hello NAME GREETING` asks the two services; `tutorial.py formatter` and `tutorial.py publisher` are them.
FORMATTER_PORT and PUBLISHER_PORT say where they listen.
"""

import os
import sys

import traced_http


def formatter(tracer, query, span):
    greeting = span.get_baggage_item('greeting') or 'Hello'
    sentence = '%s, %s!' % (greeting, query['helloTo'])
    span.log_kv({'event': 'string-format', 'value': sentence})
    return sentence


def publisher(tracer, query, span):
    print(query['helloStr'])
    span.log_kv({'event': 'println'})
    return 'published'


def hello(tracer, name, greeting):
    with tracer.start_active_span('say-hello') as scope:
        scope.span.set_tag('hello-to', name)
        scope.span.set_baggage_item('greeting', greeting)
        with tracer.start_active_span('format') as format_scope:
            address = 'http://localhost:%s/format' % os.environ['FORMATTER_PORT']
            sentence = traced_http.get(tracer, format_scope.span, address, {'helloTo': name})
        with tracer.start_active_span('println') as print_scope:
            address = 'http://localhost:%s/publish' % os.environ['PUBLISHER_PORT']
            traced_http.get(tracer, print_scope.span, address, {'helloStr': sentence})


if __name__ == '__main__':
    role = sys.argv[1]
    if role == 'hello':
        tracer = traced_http.init_tracer('hello-world')
        hello(tracer, sys.argv[2], sys.argv[3])
        traced_http.close(tracer)
    elif role == 'formatter':
        tracer = traced_http.init_tracer('formatter')
        traced_http.serve(tracer, int(os.environ['FORMATTER_PORT']), '/format', 'format', formatter)
    else:
        tracer = traced_http.init_tracer('publisher')
        traced_http.serve(tracer, int(os.environ['PUBLISHER_PORT']), '/publish', 'publish', publisher)
