package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "health" {
		os.Exit(health("http://127.0.0.1:8080/"))
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello")
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}

// health asks the running server; its result is the exit code.
func health(url string) int {
	response, err := http.Get(url)
	if err != nil {
		return 1
	}
	defer response.Body.Close()
	if response.StatusCode >= 500 {
		return 1
	}
	return 0
}
