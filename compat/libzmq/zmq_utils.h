/* All of this is in zmq.h now; for programs that still include it.

   SPDX-License-Identifier: Apache-2.0 */
#include "zmq.h"
