"""Takes work from one side, and hands what it has made of it to the other."""

import zmq
from arguments import arguments, counted

(work, results), count = arguments(__doc__, "tcp://127.0.0.1:5563", "tcp://127.0.0.1:5564")

context = zmq.Context()
receiver = context.socket(zmq.PULL)
receiver.connect(work)
sender = context.socket(zmq.PUSH)
sender.connect(results)
for _ in counted(count):
    data = receiver.recv()
    print(f"transform...{data.decode()}", flush=True)
    sender.send(data)
receiver.close(linger=0)
sender.close()
context.term()
