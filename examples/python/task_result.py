"""Collects what the workers have done."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5564")

context = zmq.Context()
socket = context.socket(zmq.PULL)
socket.bind(endpoint)
for _ in counted(count):
    print(f"response: {socket.recv_string()}", flush=True)
socket.close()
context.term()
