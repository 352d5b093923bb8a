package awsclient

import "iter"

// Search looks at n things, some of them at once, and gives the number of each that was found to be wanted, and of each
// that could not be looked at, in order, until give returns false.
func Search(atOnce, n int, look func(i int) (found bool, err error), give func(i int, err error) bool) {
	found, failed := make([]bool, n), make([]error, n)
	for i := range Ahead(atOnce, n, func(i int) { found[i], failed[i] = look(i) }) {
		if (found[i] || failed[i] != nil) && !give(i, failed[i]) {
			return
		}
	}
}

// Ahead does n things, some of them at once, and gives the number of each in order, as soon as it and all before it are
// done. No more is begun once nobody takes the next number.
func Ahead(atOnce, n int, do func(i int)) iter.Seq[int] {
	return func(yield func(int) bool) {
		done := make([]chan struct{}, n)
		begun := 0
		begin := func() {
			if begun == n {
				return
			}
			i := begun
			begun++
			done[i] = make(chan struct{})
			go func() {
				defer close(done[i])
				do(i)
			}()
		}
		for range atOnce {
			begin()
		}
		defer func() { // whoever asked may change what do works on
			for _, one := range done[:begun] {
				<-one
			}
		}()
		for i := range n {
			<-done[i]
			if !yield(i) {
				return
			}
			begin()
		}
	}
}
