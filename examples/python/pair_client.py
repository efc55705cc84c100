"""The other one: it connects, and need not come second."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5567", count=5)

context = zmq.Context()
socket = context.socket(zmq.PAIR)
socket.connect(endpoint)
for i in counted(count):
    print(socket.recv_string(), flush=True)
    socket.send_string(f"Client message {i} to server")
socket.close()
context.term()
