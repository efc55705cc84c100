"""Gets everything that is published from the time on when its subscription has arrived."""

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5556")

context = zmq.Context()
socket = context.socket(zmq.SUB)
socket.connect(endpoint)
socket.setsockopt(zmq.SUBSCRIBE, b"")
for _ in counted(count):
    print(f"response: {socket.recv_string()}", flush=True)
socket.close(linger=0)
context.term()
