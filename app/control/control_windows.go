package control

import "context"

// On Windows there are no media controls yet: the keys of the keyboard reach
// Ninth only while its window has the focus. What is missing is the System
// Media Transport Controls of WinRT.
func serve(context.Context, Session, Options) error { return ErrUnsupported }
