"""The OpenTracing quick start for Python, as its page has it, run with the real jaeger-client.

The code between the lines of dashes is the page's own, letter for letter; jaeger-client itself reads where the agent
listens from JAEGER_AGENT_HOST and JAEGER_AGENT_PORT. Two things the page leaves to its reader are filled in: the
address of the jobs API, which is long gone (JOBS_API names a stand-in), and the error tags of its last paragraph.
"""

import os

# ------------------------------------------------------------------------------------------------------------------

import logging
from jaeger_client import Config


def init_tracer(service):
    logging.getLogger('').handlers = []
    logging.basicConfig(format='%(message)s', level=logging.DEBUG)

    config = Config(
        config={
            'sampler': {
                'type': 'const',
                'param': 1,
            },
            'logging': True,
        },
        service_name=service,
    )

    # this call also sets opentracing.tracer
    return config.initialize_tracer()

tracer = init_tracer('first-service')

with tracer.start_span('first-span') as span:
    span.set_tag('first-tag', '100')

with tracer.start_span('second-span') as span2:
    span2.set_tag('second-tag', '90')
    with tracer.start_span('third-span') as span3:
        span3.set_tag('third-tag', '80')

with tracer.start_span('fourth-span') as span4:
    span4.set_tag('fourth-tag', '60')
    with tracer.start_span('fifth-span', child_of=span4) as span5:
        span5.set_tag('fifth-tag', '80')

# ------------------------------------------------------------------------------------------------------------------

if 'JOBS_API' in os.environ:
    import requests

    jobs_api = os.environ['JOBS_API']

    with tracer.start_span('get-python-jobs') as span:
        homepages = []
        res = requests.get(jobs_api + '/positions.json?description=python')
        span.set_tag('jobs-count', len(res.json()))
        for result in res.json():
            with tracer.start_span(result['company'], child_of=span) as site_span:
                print('Getting website for %s' % result['company'])
                try:
                    homepages.append(requests.get(result['company_url'], timeout=10))
                    site_span.set_tag('http.status_code', homepages[-1].status_code)
                except requests.RequestException:
                    print('Unable to get site for %s' % result['company'])
                    site_span.set_tag('error', True)

# The tracer does not flush immediately, so a program that ends has to close it and wait. The future of tracer.close()
# itself never comes true with 'logging' on (with the Tornado of today), those of the two reporters inside it do.
import time

for closed in [reporter.close() for reporter in tracer.reporter.reporters]:
    while not closed.done():
        time.sleep(0.01)
