/* Messages of many parts in one call. */
#include "edge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

int zmq_sendiov (void *socket, struct iovec *iov, size_t count, int flags)
{
	if (!socket_of (socket))
		return fails (ENOTSOCK);
	if (!iov || !count)
		return fails (EINVAL);
	int rc = 0;
	for (size_t i = 0; i < count && rc >= 0; i++) {
		if (i == count - 1)
			flags &= ~ZMQ_SNDMORE;
		rc = zmq_send (socket, iov[i].iov_base, iov[i].iov_len, flags);
	}
	return rc;
}

/* zmq_recviov gives memory for each part, which the program frees. */
int zmq_recviov (void *socket, struct iovec *iov, size_t *count, int flags)
{
	if (!socket_of (socket))
		return fails (ENOTSOCK);
	if (!iov || !count || !*count)
		return fails (EINVAL);
	size_t room = *count;
	int more = 1;
	*count = 0;
	while (more && *count < room) {
		zmq_msg_t msg;
		zmq_msg_init (&msg);
		if (zmq_msg_recv (&msg, socket, flags) < 0) {
			int error = errno;
			zmq_msg_close (&msg);
			return fails (error);
		}
		size_t size = zmq_msg_size (&msg);
		void *data = malloc (size ? size : 1);
		if (data)
			memcpy (data, zmq_msg_data (&msg), size);
		iov[*count] = (struct iovec){.iov_base = data, .iov_len = size};
		more = zmq_msg_more (&msg);
		zmq_msg_close (&msg);
		if (!data)
			return fails (ENOMEM);
		++*count;
	}
	return (int) *count;
}
