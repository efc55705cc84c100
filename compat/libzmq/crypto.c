/* Z85 text and keys. As in libzmq, what is wrong with the input is told before
   there is nowhere to put the result. */
#include "edge.h"

char *zmq_z85_encode (char *dest, const uint8_t *data, size_t size)
{
	if (size % 4 || !dest || (!data && size)) {
		errno = size % 4 ? EINVAL : EFAULT;
		return NULL;
	}
	return result (go ()->z85_encode (dest, (void *) data, size)) < 0 ? NULL : dest;
}

uint8_t *zmq_z85_decode (uint8_t *dest, const char *string)
{
	if (!string) {
		errno = EFAULT;
		return NULL;
	}
	return result (go ()->z85_decode (dest, (char *) string)) < 0 ? NULL : dest;
}

int zmq_curve_keypair (char *z85_public_key, char *z85_secret_key)
{
	if (!z85_public_key || !z85_secret_key)
		return fails (EFAULT);
	return result (go ()->curve_keypair (z85_public_key, z85_secret_key));
}

int zmq_curve_public (char *z85_public_key, const char *z85_secret_key)
{
	if (!z85_secret_key)
		return fails (EFAULT);
	return result (go ()->curve_public (z85_public_key, (char *) z85_secret_key));
}
