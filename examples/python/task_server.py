"""Gives out work. With --connect it gives it to a device."""

import sys

import zmq
from arguments import arguments, counted

connect = "--connect" in sys.argv and not sys.argv.remove("--connect")
(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5563", count=10)

context = zmq.Context()
socket = context.socket(zmq.PUSH)
if connect:
    socket.connect(endpoint)
else:
    socket.bind(endpoint)
for i in counted(count):
    socket.send_string(f"message{i}")  # waits until there is a worker
    print(f"send message...{i}", flush=True)
socket.close()
context.term()
