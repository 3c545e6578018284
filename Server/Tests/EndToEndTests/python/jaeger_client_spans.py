"""jaeger-client against the server: its own propagation and B3, by UDP; every type of tag, logs, references.

`python jaeger_client_spans.py remote FILE` asks the server how to sample instead, while FILE, the server's file of
strategies, changes.
"""

import json
import logging
import os
import sys
import time

from jaeger_client import Config, SpanContext
from opentracing import Format, Reference, ReferenceType, child_of, follows_from

from readback import Differences, metric, tag, traces

PORT = int(os.environ.get('MARTLET_COMPACT', '6831'))
SAMPLING = int(os.environ.get('MARTLET_SAMPLING', '5778'))
TEXT = 'jalapeño 🌶 \u4f60\u597d "quoted" <b>'


def tracer_of(service, **config):
    logging.basicConfig(level=logging.WARNING)
    agent = {'reporting_host': '127.0.0.1', 'reporting_port': PORT, 'sampling_port': SAMPLING}
    options = {'sampler': {'type': 'const', 'param': 1}, 'local_agent': agent, 'tags': {'build': 'x-1'}, **config}
    if options['sampler'] is None:
        del options['sampler']
    return Config(options, service_name=service, validate=True).new_tracer()


def close(tracer):
    closed = tracer.close()
    deadline = time.time() + 30
    while not closed.done() and time.time() < deadline:
        time.sleep(0.01)


def hexadecimal(number):
    return '%016x' % number


def send(service, propagation):
    """A server span with everything, a child across a process border, and one that follows from both."""
    config = {'propagation': 'b3'} if propagation == 'b3' else {}
    tracer = tracer_of(service, **config)
    root = tracer.start_span('GET /jobs', tags={
        'text': TEXT, 'empty': '', 'true': True, 'false': False, 'int': -7, 'large': (1 << 62) + 1, 'double': 2.5,
        'span.kind': 'server', 'error': True,
    })
    root.set_baggage_item('user', 'me')
    root.log_kv({'event': 'queried', 'rows': 12, 'share': 0.5, 'cached': False, 'sql': TEXT}, timestamp=root.start_time)
    carrier = {}
    tracer.inject(root.context, Format.HTTP_HEADERS, carrier)
    names = {name.lower() for name in carrier}
    assert ('x-b3-traceid' in names) == (propagation == 'b3'), carrier
    context = tracer.extract(Format.HTTP_HEADERS, carrier)
    child = tracer.start_span('call', child_of=context, tags={'span.kind': 'client'})
    other = SpanContext(trace_id=0x77, span_id=0x99, parent_id=0, flags=1)
    follower = tracer.start_span('after', references=[
        child_of(child.context), follows_from(root.context), Reference(ReferenceType.FOLLOWS_FROM, other),
    ])
    follower.finish()
    child.finish()
    root.finish()
    close(tracer)
    return root, child, follower


def times(span):
    start = int(span.start_time * 1_000_000)
    return {'startTime': start, 'duration': int((span.end_time - span.start_time) * 1_000_000)}


def check(name, service, root, child, follower):
    found = traces(service, 3)
    differences = Differences()
    differences.equal(name + ': how many traces', len(found), 1)
    trace = hexadecimal(root.trace_id)

    def reference(kind, trace_id, span_id):
        return {'refType': kind, 'traceID': trace_id, 'spanID': hexadecimal(span_id)}

    sampler = [tag('sampler.type', 'const'), tag('sampler.param', True)]
    baggage = [tag('event', 'baggage'), tag('key', 'user'), tag('value', 'me')]
    process = [tag('build', 'x-1'), tag('jaeger.version', 'Python-4.8.0')]
    common = {'traceID': trace, 'service': service, 'process': process}
    differences.span(name + ': root', found[0], {
        **common, **times(root), 'spanID': hexadecimal(root.span_id), 'operationName': 'GET /jobs', 'references': [],
        'tags': sampler + [
            tag('text', TEXT), tag('empty', ''), tag('true', True), tag('false', False), tag('int', -7),
            tag('large', (1 << 62) + 1), tag('double', 2.5), tag('span.kind', 'server'), tag('error', True),
        ],
    })
    logs = [log for log in next(s for s in found[0]['spans'] if s['operationName'] == 'GET /jobs')['logs']]
    differences.equal(name + ': fields of the log of the baggage', logs[0]['fields'], baggage)
    differences.equal(name + ': fields of the log', logs[1]['fields'], [
        tag('event', 'queried'), tag('rows', 12), tag('share', 0.5), tag('cached', False), tag('sql', TEXT),
    ])
    differences.equal(name + ': time of the log', logs[1]['timestamp'], int(root.start_time * 1_000_000))
    differences.span(name + ': child', found[0], {
        **common, **times(child), 'spanID': hexadecimal(child.span_id), 'operationName': 'call', 'logs': [],
        'references': [reference('CHILD_OF', trace, root.span_id)], 'tags': [tag('span.kind', 'client')],
    })
    differences.span(name + ': follower', found[0], {
        **common, **times(follower), 'spanID': hexadecimal(follower.span_id), 'operationName': 'after', 'logs': [],
        'references': [
            reference('CHILD_OF', trace, child.span_id), reference('FOLLOWS_FROM', trace, root.span_id),
            reference('FOLLOWS_FROM', hexadecimal(0x77), 0x99),
        ],
    })
    differences.finish(name)


def remote(path):
    """The sampler that the client reports is that of the file, and changes with it.

    Without a sampler in its configuration, the client asks the server.
    """
    def write(strategies):
        with open(path + '.new', 'w') as out:
            json.dump(strategies, out)
        os.replace(path + '.new', path)

    def service_of(kind, param, **more):
        return {'default_strategy': {'type': 'probabilistic', 'param': 0.5},
                'service_strategies': [{'service': 'remote', 'type': kind, 'param': param, **more}]}

    tracer = tracer_of('remote', sampler=None, sampling_refresh_interval=1)

    def expect(*wanted):
        deadline = time.time() + 60
        tags = None
        while time.time() < deadline:
            span = tracer.start_span('op')
            # A whole number in JSON is an integer for this client.
            tags = tuple(t.vStr or t.vDouble or t.vLong for t in span.tags if t.key.startswith('sampler.'))
            span.finish()
            if tags == wanted:
                print('equal: %s %s' % wanted, flush=True)
                return
            time.sleep(0.02)
        raise AssertionError('the sampler is %s, not %s' % (tags, wanted))

    expect('probabilistic', 1.0)
    write(service_of('ratelimiting', 400))
    expect('ratelimiting', 400.0)
    # What is no file of strategies leaves the last good ones in force.
    with open(path, 'w') as out:
        out.write('{"service_strategies": [')
    failures = 'martlet_sampling_reload_failures_total'
    deadline = time.time() + 60
    while metric(failures) == 0:
        assert time.time() < deadline, 'the server has not noticed the broken file'
        time.sleep(0.05)
    expect('ratelimiting', 400.0)
    operation = {'operation': 'op', 'type': 'probabilistic', 'param': 1.0}
    write(service_of('probabilistic', 1.0, operation_strategies=[operation]))
    expect('probabilistic', 1.0)
    write(service_of('probabilistic', 0.999999999))
    expect('probabilistic', 0.999999999)
    close(tracer)


def main():
    if sys.argv[1:2] == ['remote']:
        return remote(sys.argv[2])
    for propagation in ('jaeger', 'b3'):
        service = 'jaeger-client-' + propagation
        check(propagation, service, *send(service, propagation))


main()
