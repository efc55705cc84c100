package main

import (
	"strings"

	zmq "github.com/pebbe/zmq4"
)

// Who is let in, by each mechanism.
func letIn(t *tape, call string, server, client func(*zmq.Socket)) {
	a, b := open(zmq.DEALER), open(zmq.DEALER)
	server(a)
	client(b)
	m := watch(a, "auth-"+call, zmq.EVENT_HANDSHAKE_SUCCEEDED|zmq.EVENT_HANDSHAKE_FAILED_AUTH|zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL|zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
	check(b.Connect(bound(a, "tcp")))
	e, _, value, err := m.RecvEvent(0)
	t.is(call)(e, value, err)
	if e == zmq.EVENT_HANDSHAKE_SUCCEEDED {
		must(b.Send("x", 0))
		_, meta, err := a.RecvWithMetadata(0, "User-Id", "Peer-Address", "Socket-Type", "X-extra", "Extra")
		t.is(call+" metadata")(meta, err)
	}
	check(a.Close())
	check(b.Close())
	check(m.Close())
}

var _ = scenario("auth", func(t *tape) {
	public, secret, err := zmq.NewCurveKeypair()
	check(err)
	mine, own, err := zmq.NewCurveKeypair()
	check(err)
	nothing := func(*zmq.Socket) {}
	null := func(s *zmq.Socket) { check(s.ServerAuthNull("global")) }
	plain := func(s *zmq.Socket) { check(s.ServerAuthPlain("global")) }
	curve := func(s *zmq.Socket) { check(s.ServerAuthCurve("global", secret)) }
	as := func(user, password string) func(*zmq.Socket) {
		return func(s *zmq.Socket) { check(s.ClientAuthPlain(user, password)) }
	}
	key := func(s *zmq.Socket) { check(s.ClientAuthCurve(public, mine, own)) }

	letIn(t, "null, nobody asks", nothing, nothing)
	t.is("AuthStart")(zmq.AuthStart())
	t.is("AuthStart again")(zmq.AuthStart())
	letIn(t, "null", null, nothing)
	letIn(t, "plain before anybody is known", plain, as("joe", "secret"))
	zmq.AuthPlainAdd("global", "joe", "secret")
	letIn(t, "plain", plain, as("joe", "secret"))
	letIn(t, "plain, wrong password", plain, as("joe", "wrong"))
	letIn(t, "plain, unknown", plain, as("jim", "secret"))
	zmq.AuthPlainRemove("global", "joe")
	letIn(t, "plain, removed", plain, as("joe", "secret"))
	zmq.AuthPlainAdd("*", "any", "where")
	letIn(t, "plain, every domain", plain, as("any", "where"))
	zmq.AuthPlainRemoveAll("*")
	letIn(t, "plain, all removed", plain, as("any", "where"))
	letIn(t, "curve before anybody is known", curve, key)
	zmq.AuthCurveAdd("global", mine)
	zmq.AuthSetMetadataHandler(func(version, id, domain, address, identity, mechanism string, credentials ...string) map[string]string {
		t.is("handler")(version, domain, address, identity, mechanism, len(credentials))
		return map[string]string{"User-Id": "me", "X-extra": "more"}
	})
	letIn(t, "curve", curve, key)
	zmq.AuthSetMetadataHandler(func(string, string, string, string, string, string, ...string) map[string]string { return nil })
	zmq.AuthCurveRemove("global", mine)
	letIn(t, "curve, removed", curve, key)
	zmq.AuthCurveAdd("global", zmq.CURVE_ALLOW_ANY)
	letIn(t, "curve, any", curve, key)
	zmq.AuthCurveRemoveAll("global")
	letIn(t, "curve, all removed", curve, key)
	zmq.AuthDeny("global", "127.0.0.1")
	letIn(t, "null, denied", null, nothing)
	zmq.AuthAllow("global", "127.0.0.1")
	letIn(t, "null, denied but allowed", null, nothing)
	zmq.AuthAllow("other", "10.0.0.0/8")
	letIn(t, "null, another domain's list", null, nothing)
	// Nothing after AuthStop: in pebbe/zmq4 it does not wait for the handler.
	zmq.AuthStop()
})

var _ = scenario("auth addresses", func(t *tape) {
	check(zmq.AuthStart())
	null := func(s *zmq.Socket) { check(s.ServerAuthNull("d")) }
	nothing := func(*zmq.Socket) {}
	zmq.AuthAllow("10.0.0.1")
	letIn(t, "an address in place of a domain", null, nothing)
	zmq.AuthAllow("127.0.0.0/8")
	letIn(t, "a network in place of a domain", null, nothing)
	zmq.AuthStop()
	t.is("AuthMetaBlob")(zmq.AuthMetaBlob("key", "value"))
	t.is("AuthMetaBlob empty")(zmq.AuthMetaBlob("", ""))
	long := strings.Repeat("k", 256)
	blob, err := zmq.AuthMetaBlob(long, "v")
	t.is("AuthMetaBlob long")(len(blob), err)
	blob, err = zmq.AuthMetaBlob(long[:255], long)
	t.is("AuthMetaBlob longest")(len(blob), err)
})
