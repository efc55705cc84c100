"""Hears of two teams, and not of the others."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5557")

context = zmq.Context()
socket = context.socket(zmq.SUB)
socket.connect(endpoint)
socket.setsockopt(zmq.SUBSCRIBE, b"netherlands")
socket.setsockopt(zmq.SUBSCRIBE, b"germany")
for _ in counted(count):
    print(socket.recv_string(), flush=True)
socket.close(linger=0)
context.term()
