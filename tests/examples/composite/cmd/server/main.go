// The server of the example. Its version and commit are set by the linker.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

var (
	version = "unset"
	commit  = "unset"
)

func main() {
	port := os.Getenv("SERVER_PORT")
	if port == "" {
		port = "4290"
	}
	if len(os.Args) > 1 && os.Args[1] == "health" {
		os.Exit(health("http://127.0.0.1:" + port + "/healthz"))
	}
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	log.Printf("server %s (%s) listens on port %s", version, commit, port)
	if err := serve(&http.Server{Addr: ":" + port}); err != nil {
		log.Fatal(err)
	}
}

// serve answers until the container is stopped, and lets the requests end that have begun.
func serve(server *http.Server) error {
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-stopped.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(ending)
}

// health asks the running server; its result is the exit code.
func health(url string) int {
	response, err := http.Get(url)
	if err != nil {
		return 1
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
