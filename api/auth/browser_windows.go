package auth

// browserCommands avoids "start", whose shell would read the address's
// ampersands as its own.
var browserCommands = [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}
