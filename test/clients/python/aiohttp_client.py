"""Prints every frame as a line, with the `aiohttp` package; closes in order when a line comes on standard input."""

import asyncio
import sys

import aiohttp


async def print_frames(connection):
    async for frame in connection:
        print(frame.data, flush=True)


async def main(url):
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connection:
        printing = asyncio.create_task(print_frames(connection))
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        printing.cancel()
        await connection.close()


asyncio.run(main(sys.argv[1]))
