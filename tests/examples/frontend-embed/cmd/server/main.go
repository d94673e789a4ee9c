package main

import (
	"log"
	"net/http"

	"example.com/frontend/internal/ui"
)

func main() {
	http.Handle("/", http.FileServerFS(ui.Files()))
	log.Fatal(http.ListenAndServe(":8080", nil))
}
