package atomicfile

// syncFolder does nothing: Windows cannot sync a folder, and its renames are
// journalled.
func syncFolder(string) error { return nil }
