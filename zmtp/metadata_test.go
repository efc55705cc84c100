package zmtp

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func appendProperties(dst []byte, properties []Property) []byte {
	for _, p := range properties {
		dst = AppendProperty(dst, p.Name, p.Value)
	}
	return dst
}

func TestMetadataGolden(t *testing.T) {
	b := AppendProperty(nil, "Socket-Type", "REQ")
	wantBytes(t, "AppendProperty", b, unhex(t, "0b 536f636b65742d54797065 00000003 524551"))
	wantKeptPrefix(t, "AppendProperty", func(dst []byte) []byte { return AppendProperty(dst, "a", "b") })
	if got, err := ParseMetadata(nil); got != nil || err != nil {
		t.Errorf("nothing parsed as %v, %v", got, err)
	}
}

func TestMetadataRoundTripAndCuts(t *testing.T) {
	properties := []Property{
		{"Socket-Type", "ROUTER"},
		{"Identity", ""},
		{"X-bytes", "\x00\xff\n"},
		{"X-twice", "1"},
		{"X-twice", "2"},
		{"x-TWICE", "3"},
		{strings.Repeat("n", 255), strings.Repeat("v", 1000)},
	}
	b := appendProperties(nil, properties)
	if got, err := ParseMetadata(b); err != nil || !slices.Equal(got, properties) {
		t.Errorf("got %v, %v", got, err)
	}
	// Only between two properties may metadata end.
	ends := map[int]int{}
	for i := range properties {
		ends[len(appendProperties(nil, properties[:i]))] = i
	}
	for cut := range b {
		got, err := ParseMetadata(b[:cut])
		if n, whole := ends[cut]; whole {
			if err != nil || !slices.Equal(got, properties[:n]) {
				t.Errorf("cut at %d: %v, %v", cut, got, err)
			}
			continue
		}
		wantMalformed(t, "cut metadata", err)
		if got != nil {
			t.Errorf("cut at %d: properties beside an error", cut)
		}
	}
}

func TestMetadataRefuses(t *testing.T) {
	for what, in := range map[string]string{
		"empty name":            "00 00000001 61",
		"nothing but a length":  "ff",
		"huge value announced":  "01 61 7fffffff 61",
		"value of 2^31":         "01 61 80000000 61",
		"value of 2^32-1":       "01 61 ffffffff",
		"a stray byte behind":   "01 61 00000000 01",
		"zero bytes all over":   "00000000000000",
		"name and half a value": "01 61 0000",
	} {
		_, err := ParseMetadata(unhex(t, in))
		wantMalformed(t, what, err)
	}
}

func TestMetadataDoesNotAliasItsInput(t *testing.T) {
	b := AppendProperty(nil, "X-name", "value")
	got, err := ParseMetadata(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if got[0] != (Property{"X-name", "value"}) {
		t.Errorf("changed with the input: %q", got)
	}
}

func TestPropertyCutsLongName(t *testing.T) {
	b := AppendProperty(nil, strings.Repeat("n", 300), "v")
	got, err := ParseMetadata(b)
	if err != nil || len(got) != 1 || len(got[0].Name) != 255 || !bytes.HasSuffix(b, []byte("v")) {
		t.Errorf("%d properties, %v", len(got), err)
	}
}
