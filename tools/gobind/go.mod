// gobind, pinned: it writes the Java and Objective-C sides of cmd/mobile. A
// module of its own, so that its dependencies are not Ninth's.
module github.com/ninth-coop/ninth/tools/gobind

go 1.26.0

tool golang.org/x/mobile/cmd/gobind

require (
	golang.org/x/mobile v0.0.0-20260908204917-8b95e45f8d3e // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/sync v0.23.0 // indirect
	golang.org/x/tools v0.50.0 // indirect
)
