"""One of two programs that talk, each when it likes; this one binds."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5567", count=5)

context = zmq.Context()
socket = context.socket(zmq.PAIR)
socket.bind(endpoint)
for i in counted(count):
    socket.send_string(f"Server message {i} to client")
    print(socket.recv_string(), flush=True)
socket.close()
context.term()
