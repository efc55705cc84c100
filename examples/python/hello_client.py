"""Asks, and waits for the answer before it asks again."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5555", count=1)

context = zmq.Context()
socket = context.socket(zmq.REQ)
socket.connect(endpoint)
for _ in counted(count):
    socket.send(b"Are you OK?")
    response = socket.recv()
    print(f"response: {response.decode()}", flush=True)
socket.close()
context.term()
