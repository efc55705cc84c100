package auth

import "fmt"

// What is seen of an Authenticator that is printed or logged, whatever the verb:
// what it is made of, and no hash, password or key.

func (p *passwords) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "auth.Passwords(%q)", p.name) }
func (c *certs) Format(f fmt.State, _ rune)     { fmt.Fprintf(f, "auth.Certs(%q)", c.dir) }

func (a *addresses) Format(f fmt.State, _ rune) {
	name := "DenyFrom"
	if a.allow {
		name = "AllowFrom"
	}
	fmt.Fprintf(f, "auth.%s(%v)", name, a.list)
}
