package awsclient

import "iter"

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
