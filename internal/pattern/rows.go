package pattern

// Rows gives every socket type, by its number.
func Rows() []Row { return rows }
