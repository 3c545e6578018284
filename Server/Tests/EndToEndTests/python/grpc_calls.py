"""Calls that no exporter makes: wrong methods and messages, health, reflection, sampling, and many at a time.

The real client of gRPC with bytes of our own as messages.
"""

import os
import struct

import grpc

COLLECTOR = '127.0.0.1:%s' % os.environ.get('MARTLET_COLLECTOR_GRPC', '14250')
OTLP = '127.0.0.1:%s' % os.environ.get('MARTLET_OTLP_GRPC', '4317')
SAMPLING = '127.0.0.1:%s' % os.environ.get('MARTLET_SAMPLING_GRPC', '5779')
EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
SAMPLE = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy'


def status(channel, method, message, **options):
    try:
        channel.unary_unary(method)(message, timeout=60, **options)
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata()).get('grpc-status-details-bin', b'')
        return error.code(), error.details(), details
    return grpc.StatusCode.OK, '', b''


def main():
    otlp = grpc.insecure_channel(OTLP, options=[('grpc.max_send_message_length', -1)])
    collector = grpc.insecure_channel(COLLECTOR)

    code, words, _ = status(otlp, '/nobody.Knows/This', b'')
    assert code is grpc.StatusCode.UNIMPLEMENTED and 'unknown service nobody.Knows' in words, words
    code, words, _ = status(otlp, EXPORT + 'ed', b'')
    assert code is grpc.StatusCode.UNIMPLEMENTED and 'unknown method Exported' in words, words

    assert status(otlp, EXPORT, b'')[0] is grpc.StatusCode.OK, 'an empty request is a success'
    code, words, details = status(otlp, EXPORT, b'\x0a\x05\x0a')
    assert code is grpc.StatusCode.INVALID_ARGUMENT and 'at byte' in words, words
    assert b'google.rpc.BadRequest' in details, details
    code, words, details = status(otlp, EXPORT, bytes((64 << 20) + 1))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED and 'limit of 67108864' in words, words
    assert b'RetryInfo' not in details, 'what is too large must not be sent again'

    # A bomb: gRPC packs a message of zeros to a thousandth.
    bomb = bytes(60 << 20)
    code, words, details = status(otlp, EXPORT, bomb, compression=grpc.Compression.Gzip)
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED and 'times its size' in words, (code, words)
    assert b'RetryInfo' not in details

    # A thousand calls at a time on one connection, more than the server allows at once.
    calls = [otlp.unary_unary(EXPORT).future(b'', timeout=60) for _ in range(1000)]
    assert all(call.result() is not None for call in calls)

    half = b'\x12\x09\x09' + struct.pack('<d', 1)
    for channel in (collector, grpc.insecure_channel(SAMPLING)):
        assert channel.unary_unary(SAMPLE)(b'\x0a\x03foo', timeout=60) == half
        health = channel.unary_unary('/grpc.health.v1.Health/Check')
        assert health(b'', timeout=60) == b'\x08\x01'
        assert health(b'\x0a\x1djaeger.api_v2.SamplingManager', timeout=60) == b'\x08\x01'
        assert status(channel, '/grpc.health.v1.Health/Check', b'\x0a\x01x')[0] is grpc.StatusCode.NOT_FOUND
    watch = collector.unary_stream('/grpc.health.v1.Health/Watch')(b'')
    assert next(watch) == b'\x08\x01'
    watch.cancel()
    for version in ('v1', 'v1alpha'):
        ask = collector.stream_stream('/grpc.reflection.%s.ServerReflection/ServerReflectionInfo' % version)
        services, unknown = list(ask(iter([b'\x3a\x00', b'\x1a\x01x']), timeout=60))
        assert b'jaeger.api_v2.CollectorService' in services, services
        assert unknown[unknown.index(b':'):].startswith(b':') and b'there is no file x' in unknown, unknown
    print('all calls answered')


main()
