"""Prints every frame as a line, with the `websocket-client` package; closes in order when a line comes on standard input."""

import sys
import threading

import websocket


connection = websocket.create_connection(sys.argv[1])


def print_frames():
    while frame := connection.recv():
        print(frame, flush=True)


receiving = threading.Thread(target=print_frames)
receiving.start()
sys.stdin.readline()
connection.send_close()
receiving.join()
connection.shutdown()
