package ui

// wish leaves something that the person wishes in the library, away from
// Fyne's goroutine, and in the order of wishing; then, which may be nil, is
// called on that goroutine when it is there. What fails is told.
func (s *shell) wish(do func() error, then func()) {
	before, done := s.wished, make(chan struct{})
	s.wished = done
	read(s, func() (struct{}, error) {
		defer close(done)
		if before != nil {
			<-before
		}
		return struct{}{}, do()
	}, func(struct{}) {
		if then != nil {
			then()
		}
	})
}
