"""The HTTP API as its own description has it: every route, parameter and error of /api/openapi.json is tried.

Whatever is described is asked for by its example, and the answer must have the shape that is described; every parameter
gets every kind of wrong value; and random requests must not break anything.
"""

import http.client
import json
import os
import random
import sys
from urllib.parse import quote, urlencode

import jsonschema
import openapi_spec_validator

QUERY = int(os.environ['MARTLET_QUERY'])
OTLP = int(os.environ['MARTLET_OTLP_HTTP'])
START = 1_700_000_000_000_000_000

# What is wrong by the format that the description names; integers, truth values and choices are known by their type.
WRONG = {
    'duration': ['10', 'abc', '1 s', '1parsec', 's'],
    'length': ['10', 'abc', '1parsec', '-5s'],
    'lookback': ['10', 'abc', '-1h', '1y'],
    'trace-id': ['xyz', '0' * 33, '4bf92f35-77b3', '+1001'],
    'span-id': ['xyz', '1' * 17, '0'],
    'id-digits': ['abc', 'xyz0', 'a' * 33],
    'tag': ['noseparator'],
    'tags': ['{', '[]', '{"a":1}', 'a'],
    'logfmt': ['novalue', 'a="open'],
    'traceql': ['{', '{ duration > }', '{ status = nonsense }', '{ name =~ "(" }', 'nonsense'],
    'cursor': ['nonsense', 'AAAA'],
    'field': ['{', 'no field'],
    'seconds': ['abc', '-1'],
    'step': ['abc', '-5s', '0', '1us'],
    'date-time': ['yesterday', '2026-13-01T00:00:00Z', '1700000000'],
    'quantile': ['abc', '0', '-1', '1.5', 'nan'],
}
INTEGERS = ['abc', '1.5', '0x10', '1e3', '9' * 30, '--1']
TRUTHS = ['maybe', 'yes', '2']

NASTY = [
    '', '0', '-1', '1', '9' * 40, '-' + '9' * 40, '1e308', 'nan', 'inf', 'true', 'null', '\x00', '\ufffd', '%',
    '%zz', '+', ' ', "'", '"', '<script>', '{}', '[]', '{"a":"b"}', '{' * 300, '(' * 300, '.*' * 100, '(a*)*b',
    '2562047h47m', '-0s', '9223372036854775807', '-9223372036854775808', '18446744073709551615',
    '9223372036854775808', '1' * 32, 'f' * 16, '../..', '{ name =~ "(a*)*$" }',
    '{ duration > 1ms } | count() > 2', '{} >> {}', '{} | rate() by (name)', '\u00e9' * 50, 'x' * 2000,
    '1970-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '0001-01-01T00:00:00Z', 'a:b', ':',
    'service.name=a', '1700000000', '1700000000000000', '1700000600000000', 'shop', 'server', 'exact',
    'longest', 'otlp-proto', 'csv', 'html',
]


failures = []


def expect(is_right, *facts):
    """Notes what is wrong and goes on: one run tells of everything."""
    if not is_right:
        failures.append(' '.join(str(fact) for fact in facts))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.type = headers.get('Content-Type') or ''

    @property
    def text(self):
        return self.body.decode('utf-8', 'replace')


connection = http.client.HTTPConnection('127.0.0.1', QUERY, timeout=120)


def ask(method, target, headers=None, body=None):
    """One request. Of a stream that does not end only the head is taken."""
    global connection
    connection.request(method, target, body=body, headers=headers or {})
    answer = connection.getresponse()
    if answer.getheader('Content-Type') == 'text/event-stream' and method != 'HEAD':
        first = answer.readline()
        connection.close()
        connection = http.client.HTTPConnection('127.0.0.1', QUERY, timeout=120)
        return Answer(answer.status, answer.headers, first)
    return Answer(answer.status, answer.headers, answer.read())


def attribute(key, kind, value):
    return {'key': key, 'value': {kind: value}}


def span(trace, number, parent, name, kind, start, duration, **more):
    return {
        'traceId': trace, 'spanId': '%016x' % number, 'name': name, 'kind': kind,
        'startTimeUnixNano': str(START + start), 'endTimeUnixNano': str(START + start + duration),
        'attributes': [
            attribute('http.method', 'stringValue', 'POST'), attribute('http.status_code', 'intValue', '500'),
            attribute('share', 'doubleValue', 0.5), attribute('retry', 'boolValue', True),
            attribute('raw', 'bytesValue', 'AAEC'), attribute('big', 'intValue', '9007199254740993'),
            attribute('list', 'arrayValue', {'values': [{'stringValue': 'a'}, {'intValue': '1'}]}),
        ],
        'events': [{'timeUnixNano': str(START + start + 1000), 'name': 'paid', 'attributes': [
            attribute('amount', 'doubleValue', 1.5)]}],
        'links': [{'traceId': '%032x' % 77, 'spanId': '%016x' % 78}],
        **({'parentSpanId': '%016x' % parent} if parent else {}), **more,
    }


def store(trace_id, span_id):
    """A few traces of two services, among them the one of the examples."""
    services = {'shop': [], 'pay': []}
    for number, trace in enumerate([trace_id] + ['%032x' % (n + 1) for n in range(5)]):
        first = int(span_id, 16) + number * 16
        start = number * 1_000_000_000
        services['shop'].append(span(trace, first, 0, 'POST /order', 2, start, 300_000_000))
        services['shop'].append(span(trace, first + 1, first, 'charge', 3, start + 10_000_000, 200_000_000))
        services['pay'].append(span(trace, first + 2, first + 1, 'charge', 2, start + 20_000_000, 150_000_000,
                                    status={'code': 2, 'message': 'no money'}))
    body = json.dumps({'resourceSpans': [
        {'resource': {'attributes': [attribute('service.name', 'stringValue', name),
                                     attribute('zone', 'stringValue', 'a')]},
         'scopeSpans': [{'scope': {'name': 'checkout', 'version': '1'}, 'spans': spans}]}
        for name, spans in services.items()]})
    sender = http.client.HTTPConnection('127.0.0.1', OTLP, timeout=60)
    sender.request('POST', '/v1/traces', body=body, headers={'Content-Type': 'application/json'})
    answer = sender.getresponse()
    assert answer.status == 200, (answer.status, answer.read())
    sender.close()


class Operation:
    """A route of the description."""

    def __init__(self, document, path, method, described):
        self.document, self.path, self.method, self.described = document, path, method.upper(), described
        self.parameters = described.get('parameters', [])
        self.body = described.get('requestBody', {}).get('content', {})

    def request(self, values, method=None, without=None):
        """Sends a request that has values for some parameters, and examples for those that are needed."""
        path, query, headers = self.path, [], {}
        for parameter in self.parameters:
            name = parameter['name']
            if name == without:
                continue
            value = values[name] if name in values else self.example(parameter)
            if name not in values and not parameter.get('required'):
                continue
            if parameter['in'] == 'path':
                path = path.replace('{%s}' % name, quote(value, safe=''))
            elif parameter['in'] == 'header':
                headers[name] = value
            else:
                query.append((name, value))
        body = None
        for type_, content in self.body.items():
            headers['Content-Type'] = type_
            body = json.dumps(content['example'])
        target = path + ('?' + urlencode(query) if query else '')
        return target, ask(method or self.method, target, headers, body)

    @staticmethod
    def example(parameter):
        value = parameter.get('example', '')
        value = value[0] if isinstance(value, list) else value
        return str(value).lower() if isinstance(value, bool) else str(value)

    def check(self, target, answer):
        """The answer is of a status, a type and a shape that are described."""
        responses = self.described['responses']
        response = responses.get(str(answer.status), responses['default'])
        if '$ref' in response:
            response = self.document['components']['responses'][response['$ref'].rsplit('/', 1)[1]]
        if answer.type not in response['content']:
            return expect(False, target, answer.status, answer.type, answer.text[:300])
        schema = response['content'][answer.type].get('schema')
        if schema is None:
            return
        try:
            jsonschema.Draft202012Validator({**schema, 'components': self.document['components']}).validate(
                json.loads(answer.body))
        except jsonschema.ValidationError as error:
            cause = jsonschema.exceptions.best_match([error])
            expect(False, target, cause.message[:600], 'at', cause.json_path)

    def wrong(self, parameter):
        schema = parameter['schema'].get('items', parameter['schema'])
        kind = schema.get('format')
        if 'enum' in schema:
            return ['nonsense', schema['enum'][0] + 'x']
        if kind in WRONG:
            return WRONG[kind]
        if schema['type'] == 'integer':
            edges = [schema[edge] + step for edge, step in (('minimum', -1), ('maximum', 1)) if edge in schema]
            return INTEGERS + [str(edge) for edge in edges]
        if schema['type'] == 'boolean':
            return TRUTHS
        assert kind is None and schema['type'] == 'string', 'nothing is known to be wrong of %s' % schema
        return []


def words(answer):
    """What an error says, in each of the three shapes."""
    if not answer.type.startswith('application/json'):
        return answer.text
    document = json.loads(answer.body)
    return document['error']['message'] if 'error' in document else document['errors'][0]['msg']


def drive(operation, cursor):
    """Every parameter by its example, alone and all together; returns how many requests that took."""
    values = {'cursor': cursor, 'baseline.cursor': cursor}
    examples = {p['name']: values.get(p['name'], Operation.example(p)) for p in operation.parameters}
    # Most spans there are began then: without these there would be little to see.
    window = [name for name in ('start', 'end', 'endTs') if name in examples]
    count = 0
    for chosen in [[], window] + [window + [name] for name in examples]:
        given = {name: examples[name] for name in chosen}
        target, answer = operation.request(given)
        expect(answer.status == 200, target, answer.status, answer.text[:300])
        operation.check(target, answer)
        count += 1
    formats = [p for p in operation.parameters if 'enum' in p['schema'] or 'enum' in p['schema'].get('items', {})]
    for parameter in formats:
        for word in parameter['schema'].get('items', parameter['schema'])['enum']:
            target, answer = operation.request({**{name: examples[name] for name in window}, parameter['name']: word})
            expect(answer.status == 200, target, answer.status, answer.text[:300])
            operation.check(target, answer)
            count += 1
    for method in ['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'POST' if operation.method == 'GET' else 'GET']:
        target, answer = operation.request({}, method=method)
        if method == 'HEAD' and operation.method == 'GET':
            expect(answer.status == 200 and not answer.body, method, target, answer.status)
        else:
            expect(answer.status == 405, method, target, answer.status)
            expect(operation.method in answer.headers['Allow'], target, answer.headers['Allow'])
        count += 1
    return count


def refuse(operation):
    """Every parameter with every kind of wrong value, and without what is needed; returns how many there were."""
    count = 0
    for parameter in operation.parameters:
        name = parameter['name']
        schema = parameter['schema'].get('items', parameter['schema'])
        for value in operation.wrong(parameter):
            target, answer = operation.request({name: value})
            expect(answer.status == 400, target, value, answer.status, answer.text[:300])
            operation.check(target, answer)
            if answer.status != 400:
                continue
            said = words(answer)
            expect(name in said, target, name, 'is not named in:', said)
            # What is wrong with a query stands under its words: where, and what was expected there.
            allowed = 'column' if schema.get('format') == 'traceql' else schema['description']
            expect(allowed in said, target, 'does not say what is allowed,', allowed, ':', said)
            count += 1
        if parameter.get('required') and parameter['in'] == 'query':
            target, answer = operation.request({}, without=name)
            expect(answer.status == 400 and name in words(answer), target, answer.status, answer.text[:300])
            count += 1
        if parameter['in'] == 'header':
            target, answer = operation.request({}, without=name)
            expect(answer.status == 403 and name in words(answer), target, answer.status, answer.text[:300])
            count += 1
        if schema.get('format') == 'trace-id' and (parameter['in'] == 'path' or name in 'ab'):
            target, answer = operation.request({name: 'dead'})
            expect(answer.status == 404, target, answer.status, answer.text[:300])
            operation.check(target, answer)
            count += 1
    return count


def tamper(operations, count, seed):
    """Random requests: none of them may be answered as a fault of the server."""
    chance = random.Random(seed)
    seen = {}
    for _ in range(count):
        operation = chance.choice(operations)
        names = [parameter['name'] for parameter in operation.parameters]
        chosen = chance.sample(names, min(len(names), chance.randint(1, 5)))
        values = {}
        for name in chosen:
            value = chance.choice(NASTY)
            if chance.random() < 0.3:
                value = value[:50] + chance.choice(NASTY)[:50]
            values[name] = value.replace('\x00', '') if name.startswith('X-') else value
        values = {k: v for k, v in values.items() if not k.startswith('X-')}
        target, answer = operation.request(values)
        expect(answer.status < 500, seed, operation.method, target, answer.status, answer.text[:300])
        seen[answer.status] = seen.get(answer.status, 0) + 1
    return seen


def main():
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    document = json.loads(ask('GET', '/api/openapi.json').body)
    openapi_spec_validator.validate(document)
    operations = [
        Operation(document, path, method, described)
        for path, methods in document['paths'].items() for method, described in methods.items()
    ]
    parameters = [p for operation in operations for p in operation.parameters]
    trace = next(Operation.example(p) for p in parameters if p['name'] == 'id')
    store(trace, next(Operation.example(p) for p in parameters if p['name'] == 'spanID'))
    answer = ask('GET', '/api/traces?limit=1&start=1700000000000000&end=1700000600000000&sort=newest')
    cursor = json.loads(answer.body)['next']
    assert cursor, answer.text
    driven = sum(drive(operation, cursor) for operation in operations)
    refused = sum(refuse(operation) for operation in operations)
    seed = int(os.environ.get('MARTLET_SEED', '') or 1)
    seen = tamper(operations, requests, seed)
    if failures:
        sys.exit('%d of these failed:\n%s' % (len(failures), '\n'.join(failures)))
    print('%d routes with %d parameters: %d requests answered as described, %d wrong values refused in words; %s' % (
        len(operations), len(parameters), driven, refused, seen))


main()
