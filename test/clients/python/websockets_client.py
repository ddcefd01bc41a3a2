"""Prints every frame as a line, with the `websockets` package; closes in order when a line comes on standard input."""

import asyncio
import sys

import websockets


async def print_frames(connection):
    async for frame in connection:
        print(frame, flush=True)


async def main(url):
    async with websockets.connect(url) as connection:
        printing = asyncio.create_task(print_frames(connection))
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        await connection.close()
        await printing


asyncio.run(main(sys.argv[1]))
