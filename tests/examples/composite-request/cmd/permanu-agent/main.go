// The agent that the server hands out to machines of either architecture.
package main

import (
	"fmt"
	"runtime"
)

var (
	version = "unset"
	commit  = "unset"
)

func main() {
	fmt.Printf("permanu-agent %s (%s) %s/%s\n", version, commit, runtime.GOOS, runtime.GOARCH)
}
