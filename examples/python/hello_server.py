"""Answers every request."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5555")

context = zmq.Context()
socket = context.socket(zmq.REP)
socket.bind(endpoint)
for _ in counted(count):
    message = socket.recv()
    print(f"Received: {message.decode()}", flush=True)
    socket.send(b"I am OK!")
socket.close()
context.term()
