# Every target installs what it needs (scripts/need), or names what is missing.
GO      ?= go
PKGS    := ./...
# The library, and what is built on it: modules of their own.
MODULES := $(shell scripts/modules)
FUZZ    ?= 10s
STATIC  := CGO_ENABLED=0

.PHONY: all demo libzmq install test test32 race fuzz bench lint interop pebbe gozeromq cross build clean

all: lint test

# The main job on real input: real processes, real sockets, this repo's text.
demo: build
	./build/zmq demo --files .

build:
	@scripts/need go
	$(STATIC) $(GO) -C cmd/zmq build -trimpath -o ../../build/zmq .

# The C library: build/lib/libzmq.so.5 and build/include/zmq.h.
PREFIX ?= /usr/local
libzmq:
	@scripts/need go cc
	scripts/libzmq build $(PREFIX)

# Install it below PREFIX (and DESTDIR, for packages).
install: libzmq
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include
	install -m 755 build/lib/libzmq.so.5 $(DESTDIR)$(PREFIX)/lib/
	ln -sf libzmq.so.5 $(DESTDIR)$(PREFIX)/lib/libzmq.so
	install -m 644 build/lib/pkgconfig/libzmq.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/
	install -m 644 build/include/zmq.h build/include/zmq_utils.h $(DESTDIR)$(PREFIX)/include/

# All tests, under the race detector, and a build for every platform.
test: cross
	@scripts/need go cc c++ libzmq czmq python-zmq ip
	set -e; for m in $(MODULES); do echo "== $$m"; $(GO) -C $$m vet $(PKGS); \
		$(GO) -C $$m test -race -count=1 -timeout 15m $(PKGS); done
	cd bench && $(GO) vet ./... && $(GO) test ./...
	$(MAKE) pebbe gozeromq test32

# On 32 bits, without libzmq.
test32:
	@scripts/need go
	scripts/test32

# The tests again and again, to find what happens seldom, with the whole count
# of the C library's soak test.
race:
	@scripts/need go cc c++ libzmq czmq python-zmq
	set -e; for m in $(MODULES); do echo "== $$m"; \
		ZEROTH_SOAK=1 $(GO) -C $$m test -race -count=$(or $(COUNT),3) -timeout 60m $(PKGS); done

# Cuts, kills, dead networks, hostile peers and a soak, with a table of what was
# lost, in about ten minutes; make test has a short form. CHAOSFLAGS='-seed 7
# -only kill' runs some again. As root, networks are among it.
chaos:
	@scripts/need go cc libzmq ip
	$(GO) run ./test/chaos/cmd/chaos -for $(or $(FOR),10m) $(CHAOSFLAGS)

# Every fuzz target for FUZZ each.
fuzz:
	@scripts/need go
	scripts/fuzz $(FUZZ)

# Side by side with libzmq and others; ROW=tcp-64 for one row, ROW='pub-*' for
# some; BENCHFLAGS='-cpuprofile DIR' for profiles.
bench:
	@scripts/need go cc libzmq
	cd bench && $(GO) run . -row $(or $(ROW),all) $(BENCHFLAGS)

lint:
	@scripts/need go
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'run gofmt -w on these files'; exit 1; }
	set -e; for m in $(MODULES); do echo "== $$m"; $(GO) -C $$m vet $(PKGS); \
		$(GO) -C $$m tool -modfile=$(CURDIR)/tools/go.mod staticcheck $(PKGS); done

# The tests against live libzmq alone.
interop:
	@scripts/need go cc libzmq czmq python-zmq
	$(GO) test -race -count=1 -v ./test/interop ./test/multicast ./test/cface
	$(MAKE) pebbe

# The drop-in and github.com/pebbe/zmq4 over libzmq, call by call, and programs
# of others on either.
pebbe:
	@scripts/need go cc libzmq
	cd compat/pebbe/zmq4/replace && $(STATIC) $(GO) vet ./...
	cd test/pebbe && $(GO) vet ./... && $(GO) test -count=1 -timeout 10m .

# The drop-ins for github.com/go-zeromq/zmq4 and github.com/lightninglabs/gozmq
# beside those modules, call by call, and programs of the shapes that use them.
gozeromq:
	@scripts/need go cc
	cd compat/gozeromq/zmq4/replace && $(STATIC) $(GO) vet ./...
	cd compat/lightninglabs/gozmq && $(GO) vet ./... && $(GO) test -race -count=1 .
	cd test/gozeromq && $(GO) vet ./... && $(GO) test -count=1 -timeout 10m .

# All modules, without cgo, for all platforms.
cross:
	@scripts/need go
	scripts/cross

clean:
	rm -rf build
