"""The Model Context Protocol by its own client: finds the slow call of an order as a language model would."""

import asyncio
import os

from mcp.client.client import Client

URL = 'http://127.0.0.1:%s/api/ai/mcp/' % os.environ['MARTLET_QUERY']


async def ask(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, (tool, result.content)
    return result.structured_content


async def main():
    async with Client(URL) as client:
        assert client.server_info.name == 'martlet' and 'truncated' in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools['get_span_details'].input_schema['required'] == ['trace_id', 'span_ids']

        assert (await ask(client, 'get_services'))['services'] == ['shop']
        found = await ask(client, 'search_traces', service_name='shop', start_time_min='2023-01-01T00:00:00Z')
        assert found['total_count'] == 1 and not found['truncated'], found
        trace = found['traces'][0]['trace_id']
        path = await ask(client, 'get_critical_path', trace_id=trace)
        slowest = max(path['segments'], key=lambda segment: segment['self_time_us'])
        assert slowest['span_name'] == 'charge', path
        details = await ask(client, 'get_span_details', trace_id=trace, span_ids=[slowest['span_id']])
        assert details['spans'][0]['status'] == 'error'

        wrong = await client.call_tool('search_traces', {'query': '{ nonsense'})
        assert wrong.is_error and "argument 'query': line 1" in wrong.content[0].text
    print('asked and answered')


asyncio.run(main())
