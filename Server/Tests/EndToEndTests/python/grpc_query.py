"""The query services over gRPC, by a client that knows nothing of them but what reflection tells."""

import os
import sys

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

BASE = 1_700_000_000
TRACE = bytes(range(16))
SPANS = int(sys.argv[1]) if len(sys.argv) > 1 else 3000


class Port:
    """The services of a port."""

    def __init__(self, port):
        self.channel = grpc.insecure_channel('127.0.0.1:%s' % port)
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def new(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def call(self, service, method, /, **fields):
        described = self.pool.FindServiceByName(service).FindMethodByName(method)
        request = message_factory.GetMessageClass(described.input_type)(**fields)
        answer = message_factory.GetMessageClass(described.output_type)
        make = self.channel.unary_stream if described.server_streaming else self.channel.unary_unary
        found = make('/%s/%s' % (service, method), request_serializer=lambda message: message.SerializeToString(),
                     response_deserializer=answer.FromString)(request, timeout=60)
        return list(found) if described.server_streaming else found


def refused(call, code, words):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() is code and words in error.details(), (error.code(), error.details())
        return
    raise AssertionError('not refused: %s' % words)


def send(port):
    """A trace of many spans by OTLP, and one of another service that calls nobody."""
    value = lambda text: {'string_value': text}
    attribute = lambda key, text: {'key': key, 'value': value(text)}
    spans = [{
        'trace_id': TRACE, 'span_id': (number + 1).to_bytes(8, 'big'),
        'parent_span_id': (1).to_bytes(8, 'big') if number else b'',
        'name': 'root' if not number else 'child-%d' % (number % 5), 'kind': 2 if not number else 3,
        'start_time_unix_nano': BASE * 10**9 + number * 1000, 'end_time_unix_nano': BASE * 10**9 + number * 1000 + 5000,
        'attributes': [attribute('number', str(number)), attribute('padding', 'x' * 300)],
        'status': {'code': 2} if number == 7 else {},
    } for number in range(SPANS)]
    other = [{
        'trace_id': bytes(15) + b'\x01', 'span_id': bytes(7) + b'\x01', 'name': 'alone',
        'start_time_unix_nano': (BASE + 1) * 10**9, 'end_time_unix_nano': (BASE + 1) * 10**9 + 10**6,
    }]
    resources = [
        {'resource': {'attributes': [attribute('service.name', 'shop')]},
         'scope_spans': [{'scope': {'name': 'lib', 'version': '1'}, 'spans': spans}]},
        {'resource': {'attributes': [attribute('service.name', 'other')]}, 'scope_spans': [{'spans': other}]},
    ]
    answer = port.call('opentelemetry.proto.collector.trace.v1.TraceService', 'Export', resource_spans=resources)
    assert answer.partial_success.rejected_spans == 0


def version_2(port):
    service = 'jaeger.api_v2.QueryService'
    call = lambda method, /, **fields: port.call(service, method, **fields)
    assert list(call('GetServices').services) == ['other', 'shop']
    operations = call('GetOperations', service='shop')
    assert list(operations.operationNames) == ['child-%d' % n for n in range(5)] + ['root']
    assert [(o.name, o.span_kind) for o in operations.operations if o.name == 'root'] == [('root', 'server')]
    servers = call('GetOperations', service='shop', span_kind='server')
    assert [o.name for o in servers.operations] == ['root']

    chunks = call('GetTrace', trace_id=TRACE)
    assert len(chunks) > 1 and all(chunk.ByteSize() < 512 << 10 for chunk in chunks), [c.ByteSize() for c in chunks]
    spans = [span for chunk in chunks for span in chunk.spans]
    assert len(spans) == SPANS
    seventh = next(span for span in spans if span.span_id == bytes(7) + b'\x08')
    assert seventh.process.service_name == 'shop'
    assert seventh.references[0].span_id == bytes(7) + b'\x01'
    assert (seventh.start_time.seconds, seventh.start_time.nanos, seventh.duration.nanos) == (BASE, 7000, 5000)
    tags = {tag.key: tag.v_str or tag.v_bool for tag in seventh.tags}
    assert tags['number'] == '7' and tags['span.kind'] == 'client' and tags['error'] is True, tags

    query = {'service_name': 'shop', 'tags': {'number': '7'}, 'search_depth': 5}
    found = [span for chunk in call('FindTraces', query=query) for span in chunk.spans]
    assert len(found) == SPANS, 'a trace that is found comes whole'
    assert call('FindTraces', query={'service_name': 'nobody'}) == []
    late = {'service_name': 'shop', 'start_time_min': {'seconds': BASE + 100}}
    assert call('FindTraces', query=late) == []
    window = {'start_time': {'seconds': BASE - 60}, 'end_time': {'seconds': BASE + 60}}
    assert list(call('GetDependencies', **window).dependencies) == []
    call('ArchiveTrace', trace_id=TRACE)

    status = grpc.StatusCode
    refused(lambda: call('GetTrace'), status.INVALID_ARGUMENT, 'uninitialized TraceID')
    refused(lambda: call('GetTrace', trace_id=b'short'), status.INVALID_ARGUMENT, '5 bytes, where 16 are needed')
    refused(lambda: call('GetTrace', trace_id=b'x' * 16), status.NOT_FOUND, 'trace not found')
    refused(lambda: call('ArchiveTrace', trace_id=b'x' * 16), status.NOT_FOUND, 'trace not found')
    refused(lambda: call('FindTraces'), status.INVALID_ARGUMENT, 'missing query')
    refused(lambda: call('GetDependencies'), status.INVALID_ARGUMENT, 'start_time and end_time are required')
    refused(lambda: call('FindTraces', query={'search_depth': 10001}), status.INVALID_ARGUMENT, 'query.search_depth')


def version_3(port):
    service = 'jaeger.api_v3.QueryService'
    call = lambda method, /, **fields: port.call(service, method, **fields)
    assert list(call('GetServices').services) == ['other', 'shop']
    assert [(o.name, o.span_kind) for o in call('GetOperations', service='other').operations] == [('alone', 'internal')]

    parts = call('GetTrace', trace_id=TRACE.hex())
    assert len(parts) > 1 and all(part.ByteSize() < 2 << 20 for part in parts)
    whole = type(parts[0])()
    for part in parts:
        whole.MergeFrom(part)
    spans = [span for resource in whole.resource_spans for scope in resource.scope_spans for span in scope.spans]
    assert sorted(int.from_bytes(span.span_id, 'big') for span in spans) == list(range(1, SPANS + 1))
    assert whole.resource_spans[0].scope_spans[0].scope.name == 'lib'
    resource = whole.resource_spans[0].resource
    assert {a.key: a.value.string_value for a in resource.attributes} == {'service.name': 'shop'}

    times = {'start_time_min': {'seconds': BASE - 60}, 'start_time_max': {'seconds': BASE + 60}}
    found = call('FindTraces', query=dict(times, attributes={'number': '7'}))
    assert sum(len(s.spans) for part in found for r in part.resource_spans for s in r.scope_spans) == SPANS
    assert call('FindTraces', query=dict(times, service_name='nobody')) == []
    summaries = [s for part in call('FindTraceSummaries', query=times) for s in part.summaries]
    assert [(s.trace_id, s.root_service_name, s.root_operation_name, s.span_count, s.error_span_count)
            for s in summaries] == [('0' * 31 + '1', 'other', 'alone', 1, 0), (TRACE.hex(), 'shop', 'root', SPANS, 1)]
    assert summaries[1].services[0].name == 'shop' and summaries[1].min_start_time_unix_nano == BASE * 10**9

    status = grpc.StatusCode
    refused(lambda: call('GetTrace', trace_id='xyz'), status.INVALID_ARGUMENT, 'malformed parameter trace_id')
    refused(lambda: call('GetTrace', trace_id='beef'), status.NOT_FOUND, 'trace not found')
    refused(lambda: call('FindTraces', query={}), status.INVALID_ARGUMENT, 'query.start_time_max are required')
    refused(lambda: call('GetOperations'), status.INVALID_ARGUMENT, 'malformed parameter service')


def main():
    send(Port(os.environ['MARTLET_OTLP_GRPC']))
    port = Port(os.environ['MARTLET_QUERY_GRPC'])
    services = set(port.database.get_services())
    assert {'jaeger.api_v2.QueryService', 'jaeger.api_v3.QueryService', 'grpc.health.v1.Health'} <= services, services
    assert port.call('grpc.health.v1.Health', 'Check', service='jaeger.api_v3.QueryService').status == 1
    version_2(port)
    version_3(port)
    print('all questions answered')


main()
