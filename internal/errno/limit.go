package errno

import (
	"errors"
	"fmt"
)

// ErrLimit is what every *Limit is to errors.Is.
var ErrLimit = errors.New("a peer wanted more than a limit allows")

// A Limit is the error of a connection that was refused or ended because its
// peer wanted more than an option allows. It is ErrLimit, and the Errnos that it
// was made with.
type Limit struct {
	Option string // its name in the option table
	Most   int64  // its value
	what   string
	is     []error
}

// Limited makes a Limit; what says of what there is too much.
func Limited(option string, most int64, what string, is ...Errno) *Limit {
	l := &Limit{Option: option, Most: most, what: what, is: []error{ErrLimit}}
	for _, e := range is {
		l.is = append(l.is, e)
	}
	return l
}

func (l *Limit) Error() string { return fmt.Sprintf("%s; %s is %d", l.what, l.Option, l.Most) }

// Unwrap gives ErrLimit and the Errnos.
func (l *Limit) Unwrap() []error { return l.is }
